package io.datastored.service.page;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.datastored.service.wire.ProtoFaults;
import io.datastored.service.wire.ProtoWords;
import io.datastored.v1.ConfigFault;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MountState;
import io.datastored.v1.Space;
import io.datastored.v1.Trouble;
import java.util.Optional;

/** Datastore needs are what needs an operator at one datastore, as a role sees it. Stateless. */
final class DatastoreNeeds {
  /** With so little of its file system free, a datastore needs somebody. */
  static final int LITTLE_SPACE_PER_MILLE = 30;

  private final String name;
  private final String look;
  private final ImmutableList.Builder<Need> needs = ImmutableList.builder();

  private DatastoreNeeds(String name) {
    this.name = name;
    this.look = "datastored status " + name;
  }

  static ImmutableList<Need> of(DatastoreStatus status, Facts facts) {
    var found = new DatastoreNeeds(status.getDatastore().getName());
    Maintenance mode = status.getDatastore().getMaintenance();
    boolean planned =
        status.getDatastore().hasMaintenance()
            && mode.getMode() != MaintenanceMode.MAINTENANCE_MODE_NONE;
    for (Trouble trouble : status.getTroublesList()) {
      found.add(
          planned ? Need.Level.NOTICE : Need.Level.FAULT,
          trouble.getMessage(),
          at(trouble.hasSince(), trouble.getSince()),
          found.look);
    }
    if (status.hasConfigFault()) {
      found.configFault(status);
    }
    if (status.getDatastore().getMountState() == MountState.MOUNT_STATE_NOT_MOUNTED && !planned) {
      found.add(Need.Level.FAULT, "its device is not mounted", Optional.empty(), found.look);
    }
    if (status.hasDrain() && !status.getDrain().getDrained()) {
      String waits = status.getDrain().getWaitsFor();
      found.add(
          Need.Level.NOTICE,
          "mode %s: %s".formatted(ProtoWords.mode(mode), waits.isEmpty() ? "still in use" : waits),
          at(mode.hasSince(), mode.getSince()),
          "datastored maintenance drain " + found.name);
    }
    facts
        .datastore()
        .flatMap(datastore -> datastore.maintenance().expectedEnd())
        .ifPresent(
            end ->
                found.add(
                    Need.Level.OVERDUE,
                    "mode %s should have ended".formatted(ProtoWords.mode(mode)),
                    Optional.of(end.toEpochMilli()),
                    "datastored maintenance clear " + found.name));
    Space space = status.getSpace();
    if (space.getTotalBytes() > 0
        && space.getAvailableBytes() < space.getTotalBytes() / 1000.0 * LITTLE_SPACE_PER_MILLE) {
      found.add(
          Need.Level.NOTICE,
          "less than 3 % of its file system is free",
          Optional.empty(),
          found.look);
    }
    return found.needs.build();
  }

  private void configFault(DatastoreStatus status) {
    ConfigFault fault = status.getConfigFault();
    String served =
        fault.getLastGoodServed()
            ? "; the last good version is served"
            : status.getDatastore().hasMaintenance()
                ? "; it is closed to read and write"
                : "; it is not served";
    add(
        Need.Level.FAULT,
        ProtoFaults.text(fault) + served,
        at(fault.hasSince(), fault.getSince()),
        look);
  }

  private void add(Need.Level level, String what, Optional<Long> since, String command) {
    needs.add(new Need(level, name, what, since, command));
  }

  private static Optional<Long> at(boolean known, Timestamp time) {
    return known ? Optional.of(Timestamps.toMillis(time)) : Optional.empty();
  }
}
