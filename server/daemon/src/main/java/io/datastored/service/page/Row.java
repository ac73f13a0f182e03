package io.datastored.service.page;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.ErrorInfo;
import io.datastored.service.wire.ProtoDrains;
import io.datastored.service.wire.ProtoFaults;
import io.datastored.service.wire.ProtoWords;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MountState;
import io.datastored.v1.Space;
import java.time.Instant;
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
    return new Row(json(status, changed, trend).toString(), DatastoreNeeds.of(status, facts));
  }

  private static JsonObject json(
      DatastoreStatus status, Optional<Instant> changed, Optional<Long> trend) {
    var json = new JsonObject();
    json.addProperty("name", status.getDatastore().getName());
    if (status.getDatastore().hasMaintenance()) {
      json.addProperty("gen", status.getDatastore().getGeneration());
      maintenance(status.getDatastore().getMaintenance(), json);
      mount(status.getDatastore().getMountState(), json);
    } else {
      json.addProperty("mode", "not served");
    }
    changed.ifPresent(at -> json.addProperty("changed", at.toEpochMilli()));
    for (ErrorInfo refusal : status.getRefusalsList()) {
      boolean read = "READ".equals(refusal.getMetadataMap().get("operation"));
      json.addProperty(read ? "readRefused" : "writeRefused", refusal.getReason());
    }
    if (status.hasOperations()) {
      var use = new JsonArray();
      use.add(status.getOperations().getRead());
      use.add(status.getOperations().getWrite());
      use.add(status.getLeases());
      json.add("use", use);
    }
    if (status.hasSpace()) {
      space(status.getSpace(), trend, json);
    }
    if (status.hasConfigFault()) {
      json.addProperty("fault", ProtoFaults.text(status.getConfigFault()));
    }
    if (status.getTroublesCount() > 0) {
      json.addProperty("trouble", status.getTroubles(0).getMessage());
    }
    if (status.hasDrain()) {
      json.addProperty("drained", ProtoDrains.progress(status.getDrain()));
    }
    return json;
  }

  private static void maintenance(Maintenance mode, JsonObject json) {
    if (mode.getMode() == MaintenanceMode.MAINTENANCE_MODE_NONE) {
      return;
    }
    json.addProperty("mode", ProtoWords.mode(mode));
    if (!mode.getMessage().isEmpty()) {
      json.addProperty("message", mode.getMessage());
    }
    if (mode.hasSince()) {
      json.addProperty("since", Timestamps.toMillis(mode.getSince()));
    }
    if (mode.hasExpectedEnd()) {
      json.addProperty("end", Timestamps.toMillis(mode.getExpectedEnd()));
    }
    if (!mode.getSetBy().isEmpty()) {
      json.addProperty("by", mode.getSetBy());
    }
  }

  private static void mount(MountState state, JsonObject json) {
    switch (state) {
      case MOUNT_STATE_MOUNTED -> json.addProperty("mount", "mounted");
      case MOUNT_STATE_NOT_MOUNTED -> json.addProperty("mount", "not mounted");
      default -> {}
    }
  }

  /** The numbers are rounded: the last bytes change all the time. */
  private static void space(Space space, Optional<Long> trend, JsonObject json) {
    if (space.getTotalBytes() > 0) {
      long grain = Math.max(1, space.getTotalBytes() / 1000);
      json.addProperty("free", space.getAvailableBytes() / grain * grain);
      json.addProperty("total", space.getTotalBytes());
      trend.ifPresent(change -> json.addProperty("trend", change));
    }
  }
}
