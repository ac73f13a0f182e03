package io.datastored.client.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.datastored.client.AppliedFrame;
import io.datastored.client.RefusedException;
import io.datastored.v1.Datastore;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.Revision;
import io.datastored.v1.SnapshotReason;

/** Values as the conformance protocol shows them. */
final class Shown {

  private Shown() {}

  static JsonObject datastore(Datastore datastore) {
    var shown = new JsonObject();
    shown.addProperty("name", datastore.getName());
    shown.addProperty("etag", datastore.getEtag());
    shown.addProperty("generation", datastore.getGeneration());
    shown.addProperty("mode", mode(datastore.getMaintenance().getMode()));
    shown.addProperty("message", datastore.getMaintenance().getMessage());
    shown.addProperty("path", datastore.getSettings().getPath());
    shown.addProperty("comment", datastore.getSettings().getComment());
    return shown;
  }

  /** A mode of a later version is shown as the client treats it. */
  private static String mode(MaintenanceMode mode) {
    return mode == MaintenanceMode.UNRECOGNIZED || mode.getNumber() == 0
        ? "OFFLINE"
        : mode.name().substring("MAINTENANCE_MODE_".length());
  }

  static JsonObject revision(Revision revision) {
    var shown = new JsonObject();
    shown.addProperty("incarnation", revision.getIncarnation());
    shown.addProperty("generation", revision.getGeneration());
    return shown;
  }

  static JsonObject frame(AppliedFrame frame) {
    var shown = new JsonObject();
    shown.addProperty(
        "kind",
        switch (frame.kind()) {
          case SNAPSHOT -> "snapshot";
          case CHANGE -> "change";
          case BOOKMARK -> "bookmark";
        });
    frame.reason().ifPresent(reason -> shown.addProperty("reason", reason(reason)));
    var changed = new JsonArray();
    frame.datastores().forEach(one -> changed.add(datastore(one)));
    shown.add("changed", changed);
    var removed = new JsonArray();
    frame.removed().stream().sorted().forEach(removed::add);
    shown.add("removed", removed);
    if (frame.kind() == AppliedFrame.Kind.CHANGE) {
      shown.addProperty("generations", frame.generations());
    }
    shown.add("revision", revision(frame.revision()));
    return shown;
  }

  private static String reason(SnapshotReason reason) {
    return reason == SnapshotReason.UNRECOGNIZED
        ? "UNSPECIFIED"
        : reason.name().substring("SNAPSHOT_REASON_".length());
  }

  static JsonObject refusal(RefusedException refused) {
    var shown = new JsonObject();
    ErrorReason reason = refused.reason();
    shown.addProperty(
        "reason",
        reason == ErrorReason.UNRECOGNIZED
            ? "UNSPECIFIED"
            : reason.name().substring("ERROR_REASON_".length()));
    shown.addProperty("code", refused.code().name());
    var metadata = new JsonObject();
    refused.metadata().forEach(metadata::addProperty);
    shown.add("metadata", metadata);
    return shown;
  }
}
