package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.datastored.config.ConfigDocument;
import io.datastored.config.ConfigFault;
import io.datastored.config.ConfigSection;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.FaultySection;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.DatastoreFault.Serving;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Last good decides what is served of a document: its good sections, and instead of each faulty one
 * the version that was good before. Confined to one call of {@link #serve}.
 *
 * <p>A faulty section takes no other one down and replaces no good version of itself. The one
 * exception is an unreadable maintenance mode, which closes the datastore: whoever wrote that line
 * wanted something refused. While the file holds a fault that belongs to no section, nothing is
 * believed to have been removed: the missing section may be the one that cannot be read. A mode
 * that a faulty section tells readably is obeyed.
 */
final class LastGood {

  private final ConfigDocument document;
  private final ImmutableMap<DatastoreName, ConfigSection> before;
  private final SnapshotFaults knownFaults;
  private final Instant now;
  private final Map<DatastoreName, ServedSection> served;
  private final Map<DatastoreName, DatastoreFault> faults = new LinkedHashMap<>();

  private LastGood(
      ConfigDocument document,
      ImmutableMap<DatastoreName, ConfigSection> before,
      SnapshotFaults knownFaults,
      Instant now) {
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
  record Served(ImmutableMap<DatastoreName, ServedSection> sections, SnapshotFaults faults) {}

  /**
   * @param document what the file says
   * @param before the version of each section that was good before
   * @param knownFaults those known already, for their since-when
   * @param now the wall clock
   */
  static Served serve(
      ConfigDocument document,
      ImmutableMap<DatastoreName, ConfigSection> before,
      SnapshotFaults knownFaults,
      Instant now) {
    return new LastGood(document, before, knownFaults, now).serve();
  }

  private Served serve() {
    document.sections().forEach((name, section) -> served.put(name, ServedSection.good(section)));
    document.faultySections().forEach(this::replace);
    if (!document.faults().isEmpty()) {
      before.forEach(this::keepMissing);
    }
    ImmutableList.Builder<DatastoreFault> ofFile = ImmutableList.builder();
    for (ConfigFault fault : document.faults()) {
      ofFile.add(ofFile(fault));
    }
    return new Served(
        sorted(served),
        new SnapshotFaults(ImmutableMap.copyOf(faults), ofFile.build(), document.notices()));
  }

  /** Sorts the entries: in the file they mostly are sorted already, so this is one pass. */
  private static ImmutableMap<DatastoreName, ServedSection> sorted(
      Map<DatastoreName, ServedSection> served) {
    List<Map.Entry<DatastoreName, ServedSection>> entries = new ArrayList<>(served.entrySet());
    entries.sort(Map.Entry.comparingByKey());
    return ImmutableMap.copyOf(entries);
  }

  private void replace(FaultySection faulty) {
    DatastoreName name = faulty.name();
    ConfigFault where = faulty.faults().get(0);
    ServedSection other = served.get(name);
    ConfigSection good = before.get(name);
    if (other != null) {
      // A second section of the same name: the first is served.
      serve(name, other.settings(), other.setting(), other.good(), where, Serving.LAST_GOOD);
    } else if (faulty.settings().isPresent()) {
      serve(
          name,
          faulty.settings().get(),
          faulty.maintenance(),
          Optional.ofNullable(good),
          where,
          Serving.CLOSED);
    } else if (good != null) {
      MaintenanceSetting setting =
          faulty.modeLine() == FaultySection.ModeLine.ABSENT
              ? good.maintenance()
              : faulty.maintenance();
      serve(name, good.settings(), setting, Optional.of(good), where, Serving.LAST_GOOD);
    } else {
      faults.put(name, fault(name, where, Serving.NOTHING));
    }
  }

  private void serve(
      DatastoreName name,
      DatastoreSettings settings,
      MaintenanceSetting setting,
      Optional<ConfigSection> good,
      ConfigFault where,
      Serving serving) {
    DatastoreFault fault = fault(name, where, serving);
    faults.put(name, fault);
    served.put(name, ServedSection.insteadOf(name, settings, setting, fault, good));
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
      serve(name, good.settings(), good.maintenance(), Optional.of(good), where, Serving.LAST_GOOD);
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
