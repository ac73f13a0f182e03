package io.datastored.engine.snapshot;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.NameMap;
import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.ConfigFault;
import io.datastored.config.document.ConfigSection;
import io.datastored.config.document.FaultySection;
import io.datastored.engine.snapshot.DatastoreFault.Serving;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Last good decides what is served of a document: its good sections, and the last good version of
 * each faulty one. Confined to one call of {@link #serve}.
 *
 * <p>A faulty section affects no other section and does not replace its own last good version. The
 * exception is an unreadable maintenance mode, which closes the datastore: its author meant to
 * refuse something. While the file has a fault that belongs to no section, no section counts as
 * removed: the missing one may be the one that cannot be read. A readable mode of a faulty section
 * is obeyed.
 */
public final class LastGood {

  private final ConfigDocument document;
  private final Before before;
  private final SnapshotFaults knownFaults;
  private final Instant now;
  private final Map<DatastoreName, ServedSection> served;
  private final Map<DatastoreName, DatastoreFault> faults = new LinkedHashMap<>();

  private LastGood(
      ConfigDocument document, Before before, SnapshotFaults knownFaults, Instant now) {
    this.document = document;
    this.before = before;
    this.knownFaults = knownFaults;
    this.now = now;
    this.served = Maps.newLinkedHashMapWithExpectedSize(document.sections().size());
  }

  /**
   * What is served of a document.
   *
   * @param sections by name, in the order of names
   */
  public record Served(NameMap<ServedSection> sections, SnapshotFaults faults) {

    public static final Served NOTHING = new Served(NameMap.of(), SnapshotFaults.NONE);
  }

  /** The last good version of each section. */
  interface Before {

    /** The names that were served. */
    Iterable<DatastoreName> names();

    /** The last good version of one of them. */
    Optional<ConfigSection> of(DatastoreName name);
  }

  /**
   * @param document the parsed file
   * @param before the last good version of each section
   * @param knownFaults the faults already known, for the time since when
   * @param now the wall clock
   */
  public static Served serve(
      ConfigDocument document, Before before, SnapshotFaults knownFaults, Instant now) {
    return new LastGood(document, before, knownFaults, now).serve();
  }

  /**
   * What is served of a document that differs from a served one only in some good sections, if
   * neither document has a fault; empty otherwise.
   *
   * @param earlier the document that was served
   * @param served what was served of it
   */
  public static Optional<Served> step(
      ConfigDocument document, ConfigDocument earlier, Served served) {
    NameMap<ConfigSection> sections = document.sections();
    if (!document.isFaultless()
        || !earlier.isFaultless()
        || !sections.sharesNames(earlier.sections())) {
      return Optional.empty();
    }
    Map<DatastoreName, ServedSection> others = new HashMap<>();
    for (DatastoreName name : sections.differences(earlier.sections())) {
      others.put(name, ServedSection.good(Objects.requireNonNull(sections.get(name))));
    }
    return Optional.of(
        new Served(
            served.sections().replacing(others),
            new SnapshotFaults(ImmutableMap.of(), ImmutableList.of(), document.notices())));
  }

  private Served serve() {
    document.sections().forEach((name, section) -> served.put(name, ServedSection.good(section)));
    document.faultySections().forEach(this::replace);
    if (!document.faults().isEmpty()) {
      before.names().forEach(name -> before.of(name).ifPresent(good -> keepMissing(name, good)));
    }
    ImmutableList.Builder<DatastoreFault> ofFile = ImmutableList.builder();
    for (ConfigFault fault : document.faults()) {
      ofFile.add(ofFile(fault));
    }
    return new Served(
        sorted(served),
        new SnapshotFaults(ImmutableMap.copyOf(faults), ofFile.build(), document.notices()));
  }

  /** Sorts the entries. They usually are sorted in the file already, so this takes one pass. */
  private static NameMap<ServedSection> sorted(Map<DatastoreName, ServedSection> served) {
    List<Map.Entry<DatastoreName, ServedSection>> entries = new ArrayList<>(served.entrySet());
    entries.sort(Map.Entry.comparingByKey());
    NameMap.Builder<ServedSection> sorted = NameMap.builder(NameMap.of(), entries.size());
    entries.forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted.build();
  }

  private void replace(FaultySection faulty) {
    DatastoreName name = faulty.name();
    ConfigFault where = faulty.faults().get(0);
    ServedSection other = served.get(name);
    Optional<ConfigSection> good = before.of(name);
    if (other != null) {
      // A second section of the same name: the first is served.
      serve(
          name,
          other.settings(),
          other.setting(),
          other.modeAsWritten(),
          other.good(),
          where,
          Serving.LAST_GOOD);
    } else if (faulty.settings().isPresent()) {
      serve(
          name,
          faulty.settings().get(),
          faulty.maintenance(),
          faulty.modeAsWritten(),
          good,
          where,
          Serving.CLOSED);
    } else if (good.isPresent()) {
      MaintenanceSetting setting =
          faulty.modeLine() == FaultySection.ModeLine.ABSENT
              ? good.get().maintenance()
              : faulty.maintenance();
      serve(
          name,
          good.get().settings(),
          setting,
          faulty.modeAsWritten(),
          good,
          where,
          Serving.LAST_GOOD);
    } else {
      faults.put(name, fault(name, where, Serving.NOTHING));
    }
  }

  private void serve(
      DatastoreName name,
      DatastoreSettings settings,
      MaintenanceSetting setting,
      Optional<String> modeAsWritten,
      Optional<ConfigSection> good,
      ConfigFault where,
      Serving serving) {
    DatastoreFault fault = fault(name, where, serving);
    faults.put(name, fault);
    served.put(name, ServedSection.insteadOf(name, settings, setting, modeAsWritten, fault, good));
  }

  private void keepMissing(DatastoreName name, ConfigSection good) {
    if (!served.containsKey(name) && !faults.containsKey(name)) {
      ConfigFault cause = document.faults().get(0);
      ConfigFault where =
          new ConfigFault(
              cause.line(),
              cause.column(),
              "",
              "datastore '"
                  + name
                  + "' is missing from a file that cannot be read as a whole: "
                  + cause.message());
      serve(
          name,
          good.settings(),
          good.maintenance(),
          Optional.empty(),
          Optional.of(good),
          where,
          Serving.LAST_GOOD);
    }
  }

  private DatastoreFault fault(DatastoreName name, ConfigFault where, Serving serving) {
    DatastoreFault known = knownFaults.bySection().get(name);
    return known != null && known.where().message().equals(where.message())
        ? new DatastoreFault(where, serving, known.since())
        : new DatastoreFault(where, serving, now);
  }

  private DatastoreFault ofFile(ConfigFault where) {
    Instant since = now;
    for (DatastoreFault known : knownFaults.ofFile()) {
      if (known.where().message().equals(where.message())) {
        since = known.since();
      }
    }
    return new DatastoreFault(where, Serving.NOTHING, since);
  }
}
