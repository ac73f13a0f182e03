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
 * <p>Parsing never fails: what cannot be understood becomes a {@link FaultySection} or a {@link
 * ConfigFault} and takes nothing else down. The grammar is upstream's, except that comment lines
 * and unknown properties are kept, and that faults are contained.
 */
public final class ConfigDocument {

  /** The server whose verdict {@link #pbsNotes} tells, for messages. */
  public static final String PBS = PbsSchema.SERVER;

  /** The document of an empty or missing file. */
  public static final ConfigDocument EMPTY = parse("");

  private final RawText text;
  private final NameMap<ConfigSection> sections;
  private final ImmutableList<FaultySection> faultySections;
  private final ImmutableList<ConfigFault> faults;
  private final ImmutableList<SourceSpan> places;

  /**
   * Which datastore has each base path, as {@link DatastoreSettings#basePathKey} spells it, also
   * faulty ones.
   */
  private final ImmutableMap<String, DatastoreName> pathOwners;

  /** Whether a good section has a line that is worth a {@linkplain #notices notice}. */
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
   * Reads the bytes of a file, which must not be changed any more. Bytes that are not UTF-8 are
   * faults where they stand.
   */
  public static ConfigDocument parse(byte[] bytes) {
    return parse(RawText.of(bytes), NameMap.of());
  }

  /**
   * Reads the bytes of a file, which must not be changed any more, of which an earlier version is
   * at hand. Sections with the same text stay the same objects and are not read again.
   */
  public static ConfigDocument parse(byte[] bytes, ConfigDocument previous) {
    return parse(RawText.of(bytes), previous.sections);
  }

  /** Reads a text. */
  public static ConfigDocument parse(String text) {
    return parse(RawText.of(text), NameMap.of());
  }

  /** Returns the section that a text is, or nothing when it is not exactly one good section. */
  public static Optional<ConfigSection> parseSection(String text) {
    ConfigDocument document = parse(text);
    boolean isOne = document.sections.size() == 1 && document.isFaultless();
    return isOne ? Optional.of(document.sections.values().get(0)) : Optional.empty();
  }

  private static ConfigDocument parse(RawText text, NameMap<ConfigSection> previous) {
    return new DocumentParser(text, previous).parse();
  }

  /** Returns the good sections in the order of the file. */
  public NameMap<ConfigSection> sections() {
    return sections;
  }

  /** Returns the sections with an id that cannot be served, in the order of the file. */
  public ImmutableList<FaultySection> faultySections() {
    return faultySections;
  }

  /**
   * Returns the faults that belong to no section with an id. While there are any, a section that is
   * missing may be hidden behind one: believe no removal.
   */
  public ImmutableList<ConfigFault> faults() {
    return faults;
  }

  /** Tells whether everything in it could be understood. */
  public boolean isFaultless() {
    return faultySections.isEmpty() && faults.isEmpty();
  }

  /** Returns what is odd in good sections. */
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
   * Returns what a Proxmox Backup Server 4.2 that reads the same file does not accept, in the order
   * of the file. Reads the text once more: for people who check a file.
   */
  public ImmutableList<PbsNote> pbsNotes() {
    return PbsReview.of(text.text());
  }

  /** Returns the line of the header of a good section, from 1. Takes time: for messages. */
  public OptionalInt lineOf(DatastoreName name) {
    Optional<SourceSpan> place = placeOf(name);
    return place.isPresent() ? OptionalInt.of(place.get().line()) : OptionalInt.empty();
  }

  /** Returns where a good section stands. */
  Optional<SourceSpan> placeOf(DatastoreName name) {
    return places.stream().filter(place -> place.good() && place.name().equals(name)).findFirst();
  }

  /**
   * Returns everything that keeps settings from being written under a name: their own faults, and a
   * base path that another datastore has.
   */
  public ImmutableList<PropertyFault> faultsOf(DatastoreName name, DatastoreSettings settings) {
    ImmutableList<PropertyFault> own = settings.faults();
    DatastoreName owner = own.isEmpty() ? pathOwners.get(settings.basePathKey()) : null;
    return owner == null || owner.equals(name)
        ? own
        : ImmutableList.of(
            new PropertyFault("path", "path is the base path of datastore '" + owner + "'"));
  }

  /**
   * As {@link #faultsOf}, for settings that are about to be written: the base path, if it is new,
   * must not be nested with another either, and every value that changes must be one that Proxmox
   * Backup Server 4.2 accepts.
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
            new PropertyFault(
                "path", "path is inside or around the base path of datastore '" + other + "'"));
      }
    }
    return ImmutableList.of();
  }

  /**
   * Returns this document with a section added or replaced; this document itself when nothing would
   * change. Only lines of what changes are touched: properties with the same value keep their text,
   * new ones are put in alphabetical order, a new section goes to the end.
   *
   * @throws IllegalArgumentException when {@link #faultsOf} has something to say
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

  /**
   * Returns this document without any section of a name; this document itself when there is none.
   */
  public ConfigDocument withoutSection(DatastoreName name) {
    String next = new DocumentEditor(text.text(), places).remove(name);
    return next.equals(text.text()) ? this : parse(RawText.of(next), sections);
  }

  /** Whether {@link #notices} may have something to say. */
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

  /** Returns the text to write. */
  public String toText() {
    return text.text();
  }

  /**
   * Returns the bytes to write, which must not be changed: what was not UTF-8 when read comes out
   * as it was.
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
