package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.config.BasePath;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.NameMap;
import io.datastored.config.PropertyFault;
import io.datastored.config.document.ConfigSection.OddLine;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A config document is one whole {@code datastore.cfg}, parsed. Immutable.
 *
 * <p>Parsing never fails: text that cannot be read becomes a {@link FaultySection} or a {@link
 * ConfigFault} and affects nothing else. The grammar is upstream's, except that comment lines and
 * unknown properties are kept, and that faults are contained.
 */
public final class ConfigDocument {

  /** The server that {@link #pbsNotes} is about, for messages. */
  public static final String PBS = PbsSchema.SERVER;

  /** The document of an empty or missing file. */
  public static final ConfigDocument EMPTY = parse("");

  private final RawText text;
  private final NameMap<ConfigSection> sections;
  private final ImmutableList<FaultySection> faultySections;
  private final ImmutableList<ConfigFault> faults;
  private final ImmutableList<SourceSpan> places;

  /** The datastore of each {@link DatastoreSettings#basePathKey}, including faulty ones. */
  private final ImmutableMap<String, DatastoreName> pathOwners;

  /** Whether a good section has a line that causes a {@linkplain #notices notice}. */
  private final boolean odd;

  ConfigDocument(
      RawText text,
      NameMap<ConfigSection> sections,
      ImmutableList<FaultySection> faultySections,
      ImmutableList<ConfigFault> faults,
      ImmutableList<SourceSpan> places,
      ImmutableMap<String, DatastoreName> pathOwners,
      boolean odd) {
    this.text = text;
    this.sections = sections;
    this.faultySections = faultySections;
    this.faults = faults;
    this.places = places;
    this.pathOwners = pathOwners;
    this.odd = odd;
  }

  /**
   * Reads the bytes of a file, which must not be modified afterwards. Bytes that are not UTF-8
   * become faults at their position.
   */
  public static ConfigDocument parse(byte[] bytes) {
    return parse(RawText.of(bytes), NameMap.of());
  }

  /**
   * Reads the bytes of a file, which must not be modified afterwards, given an earlier version.
   * Sections with the same text stay the same objects and are not parsed again.
   */
  public static ConfigDocument parse(byte[] bytes, ConfigDocument previous) {
    return parse(RawText.of(bytes), previous.sections);
  }

  /** Reads a text. */
  public static ConfigDocument parse(String text) {
    return parse(RawText.of(text), NameMap.of());
  }

  /** The section in this text, or empty if it is not exactly one good section. */
  public static Optional<ConfigSection> parseSection(String text) {
    ConfigDocument document = parse(text);
    boolean isOne = document.sections.size() == 1 && document.isFaultless();
    return isOne ? Optional.of(document.sections.values().get(0)) : Optional.empty();
  }

  private static ConfigDocument parse(RawText text, NameMap<ConfigSection> previous) {
    return new DocumentParser(text, previous).parse();
  }

  /** The good sections in the order of the file. */
  public NameMap<ConfigSection> sections() {
    return sections;
  }

  /** The sections with an id that cannot be served, in the order of the file. */
  public ImmutableList<FaultySection> faultySections() {
    return faultySections;
  }

  /**
   * The faults that belong to no section with an id. While there are any, a missing section may be
   * hidden by one, so it must not count as removed.
   */
  public ImmutableList<ConfigFault> faults() {
    return faults;
  }

  /** Whether everything in it could be read. */
  public boolean isFaultless() {
    return faultySections.isEmpty() && faults.isEmpty();
  }

  /** The notices about good sections. */
  public ImmutableList<ConfigNotice> notices() {
    if (!odd) {
      return ImmutableList.of();
    }
    ImmutableList.Builder<ConfigNotice> notices = ImmutableList.builder();
    for (SourceSpan place : places) {
      ConfigSection section = place.good() ? sections.get(place.name()) : null;
      if (section != null) {
        for (OddLine odd : section.oddLines()) {
          notices.add(
              new ConfigNotice(
                  place.name(), place.line() + odd.line(), odd.property(), odd.message()));
        }
      }
    }
    return notices.build();
  }

  /**
   * What Proxmox Backup Server 4.2 would not accept in this file, in the order of the file. Parses
   * the text again, so it is only for checks by operators.
   */
  public ImmutableList<PbsNote> pbsNotes() {
    return PbsReview.of(text.text());
  }

  /** The line of the header of a good section, from 1. Slow, so only for messages. */
  public OptionalInt lineOf(DatastoreName name) {
    Optional<SourceSpan> place = placeOf(name);
    return place.isPresent() ? OptionalInt.of(place.get().line()) : OptionalInt.empty();
  }

  /** The position of a good section. */
  Optional<SourceSpan> placeOf(DatastoreName name) {
    return places.stream().filter(place -> place.good() && place.name().equals(name)).findFirst();
  }

  /**
   * All faults because of which settings cannot be written under a name: their own, and a base path
   * that another datastore has.
   */
  public ImmutableList<PropertyFault> faultsOf(DatastoreName name, DatastoreSettings settings) {
    ImmutableList<PropertyFault> own = settings.faults();
    DatastoreName owner = own.isEmpty() ? pathOwners.get(settings.basePathKey()) : null;
    return owner == null || owner.equals(name)
        ? own
        : ImmutableList.of(PropertyFault.with(owner, "path", "path is the base path of"));
  }

  /**
   * Like {@link #faultsOf}, for settings that are about to be written: a new base path must not be
   * nested with another either, and Proxmox Backup Server 4.2 must accept every changed value.
   *
   * @param mounts the directory in which a removable datastore appears under its name
   */
  public ImmutableList<PropertyFault> writeFaultsOf(
      DatastoreName name, DatastoreSettings settings, Path mounts) {
    ImmutableList<PropertyFault> faults = faultsOf(name, settings);
    if (!faults.isEmpty()) {
      return faults;
    }
    Optional<DatastoreSettings> present =
        Optional.ofNullable(sections.get(name)).map(ConfigSection::settings);
    boolean samePath =
        present.map(DatastoreSettings::basePathKey).equals(Optional.of(settings.basePathKey()));
    return ImmutableList.<PropertyFault>builder()
        .addAll(samePath ? ImmutableList.of() : nestingFaults(name, settings, mounts.toString()))
        .addAll(WriteCheck.faults(present, settings))
        .build();
  }

  private ImmutableList<PropertyFault> nestingFaults(
      DatastoreName name, DatastoreSettings settings, String mounts) {
    String key = settings.basePathKey();
    String place = BasePath.place(key, name, mounts);
    for (Map.Entry<String, DatastoreName> taken : pathOwners.entrySet()) {
      DatastoreName other = taken.getValue();
      boolean nested =
          BasePath.isNested(key, taken.getKey())
              || BasePath.isNested(place, BasePath.place(taken.getKey(), other, mounts));
      if (nested && !other.equals(name)) {
        return ImmutableList.of(
            PropertyFault.with(other, "path", "path is inside or around the base path of"));
      }
    }
    return ImmutableList.of();
  }

  /**
   * This document with a section added or replaced; this document itself if nothing changes. Only
   * changed lines are touched: properties with the same value keep their text, new ones are
   * inserted in alphabetical order, and a new section is appended.
   *
   * @throws IllegalArgumentException when {@link #faultsOf} reports a fault
   */
  public ConfigDocument withSection(
      DatastoreName name, DatastoreSettings settings, MaintenanceSetting maintenance) {
    ConfigSection present = sections.get(name);
    if (present == null || !present.settings().equals(settings)) {
      ImmutableList<PropertyFault> refused = faultsOf(name, settings);
      if (!refused.isEmpty()) {
        throw new IllegalArgumentException(refused.get(0).message());
      }
    } else if (present.maintenance().equals(maintenance)) {
      return this;
    }
    return Optional.ofNullable(present)
        .flatMap(old -> new SectionSwap(this, old).to(settings, maintenance))
        .orElseGet(() -> rewritten(name, settings, maintenance));
  }

  private ConfigDocument rewritten(
      DatastoreName name, DatastoreSettings settings, MaintenanceSetting maintenance) {
    return parse(
        RawText.of(new DocumentEditor(text.text(), places).put(name, settings, maintenance)),
        sections);
  }

  /** This document without any section of a name; this document itself if there is none. */
  public ConfigDocument withoutSection(DatastoreName name) {
    String next = new DocumentEditor(text.text(), places).remove(name);
    return next.equals(text.text()) ? this : parse(RawText.of(next), sections);
  }

  /** Whether {@link #notices} may be non-empty. */
  boolean odd() {
    return odd;
  }

  RawText text() {
    return text;
  }

  ImmutableMap<String, DatastoreName> pathOwners() {
    return pathOwners;
  }

  ImmutableList<SourceSpan> places() {
    return places;
  }

  /** The text to write. */
  public String toText() {
    return text.text();
  }

  /**
   * The bytes to write, which must not be modified. Bytes that were not UTF-8 when read are written
   * unchanged.
   */
  public byte[] toBytes() {
    return text.bytes();
  }

  @Override
  public String toString() {
    return sections.size()
        + " datastores, "
        + faultySections.size()
        + " faulty sections, "
        + faults.size()
        + " other faults";
  }
}
