package io.datastored.service.page;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.ErrorInfo;
import io.datastored.service.wire.ProtoDrains;
import io.datastored.v1.ConfigFault;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MountState;
import io.datastored.v1.Space;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A row is one datastore as a role sees it. Immutable. What is left out is nothing special: in
 * service, not removable, granted.
 *
 * @param json an object
 * @param needs what needs an operator there
 */
record Row(String json, ImmutableList<Need> needs) {

  /**
   * @param status what the role may see
   * @param trend of the available space, in bytes an hour
   */
  static Row of(
      DatastoreStatus status, Facts facts, Optional<Instant> changed, Optional<Long> trend) {
    return new Row(
        JsonText.object(json -> write(status, changed, trend, json)),
        DatastoreNeeds.of(status, facts));
  }

  private static void write(
      DatastoreStatus status, Optional<Instant> changed, Optional<Long> trend, JsonText json) {
    json.name("name").value(status.getDatastore().getName());
    if (status.getDatastore().hasMaintenance()) {
      json.name("gen").value(status.getDatastore().getGeneration());
      maintenance(status.getDatastore().getMaintenance(), json);
      mount(status.getDatastore().getMountState(), json);
    } else {
      json.name("mode").value("not served");
    }
    changed.ifPresent(at -> json.name("changed").value(at.toEpochMilli()));
    for (ErrorInfo refusal : status.getRefusalsList()) {
      boolean read = "READ".equals(refusal.getMetadataMap().get("operation"));
      json.name(read ? "readRefused" : "writeRefused").value(refusal.getReason());
    }
    if (status.hasOperations()) {
      json.name("use").beginArray();
      json.value(status.getOperations().getRead()).value(status.getOperations().getWrite());
      json.value(status.getLeases()).endArray();
    }
    if (status.hasSpace()) {
      space(status.getSpace(), trend, json);
    }
    if (status.hasConfigFault()) {
      json.name("fault").value(fault(status.getConfigFault()));
    }
    if (status.getTroublesCount() > 0) {
      json.name("trouble").value(status.getTroubles(0).getMessage());
    }
    if (status.hasDrain()) {
      json.name("drained").value(ProtoDrains.progress(status.getDrain()));
    }
  }

  private static void maintenance(Maintenance mode, JsonText json) {
    if (mode.getMode() == MaintenanceMode.MAINTENANCE_MODE_NONE) {
      return;
    }
    json.name("mode").value(word(mode));
    if (!mode.getMessage().isEmpty()) {
      json.name("message").value(mode.getMessage());
    }
    if (mode.hasSince()) {
      json.name("since").value(Timestamps.toMillis(mode.getSince()));
    }
    if (mode.hasExpectedEnd()) {
      json.name("end").value(Timestamps.toMillis(mode.getExpectedEnd()));
    }
    if (!mode.getSetBy().isEmpty()) {
      json.name("by").value(mode.getSetBy());
    }
  }

  static String word(Maintenance mode) {
    return mode.getAsWritten().isEmpty()
        ? mode.getMode()
            .name()
            .substring("MAINTENANCE_MODE_".length())
            .toLowerCase(Locale.ROOT)
            .replace('_', '-')
        : "unreadable '" + mode.getAsWritten() + "'";
  }

  private static void mount(MountState state, JsonText json) {
    switch (state) {
      case MOUNT_STATE_MOUNTED -> json.name("mount").value("mounted");
      case MOUNT_STATE_NOT_MOUNTED -> json.name("mount").value("not mounted");
      default -> {}
    }
  }

  /** The numbers are rounded: the last bytes change all the time. */
  private static void space(Space space, Optional<Long> trend, JsonText json) {
    if (space.getTotalBytes() > 0) {
      long grain = Math.max(1, space.getTotalBytes() / 1000);
      json.name("free").value(space.getAvailableBytes() / grain * grain);
      json.name("total").value(space.getTotalBytes());
      trend.ifPresent(change -> json.name("trend").value(change));
    }
  }

  static String fault(ConfigFault fault) {
    String place =
        fault.getLine() == 0
            ? ""
            : fault.getColumn() == 0
                ? "line %d: ".formatted(fault.getLine())
                : "line %d, column %d: ".formatted(fault.getLine(), fault.getColumn());
    return place + fault.getMessage();
  }
}
