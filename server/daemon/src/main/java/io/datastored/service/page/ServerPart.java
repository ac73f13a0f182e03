package io.datastored.service.page;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.datastored.access.Role;
import io.datastored.access.Subject;
import io.datastored.access.Verb;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.service.call.ServerStatuses;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.ProtoFaults;
import io.datastored.service.wire.ProtoWords;
import io.datastored.v1.LimitStatus;
import io.datastored.v1.ReplicaState;
import io.datastored.v1.ReplicaStatus;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.Trouble;
import java.time.Instant;
import java.util.Optional;

/**
 * The server part is the server itself, as one class of rights sees it. Immutable.
 *
 * @param json an object
 * @param needs what is wrong with the server
 */
record ServerPart(String json, ImmutableList<Need> needs) {
  private static final String LOOK = "datastored status";

  /** From this share of a limit on, somebody should look. */
  private static final double NEARLY_ALL = 0.9;

  static ServerPart of(Snapshot snapshot, ServerStatuses servers, Subject looker, Instant now) {
    ServerStatus status = servers.of(snapshot, new Caller(looker, Optional.empty(), 0));
    ImmutableList.Builder<Need> needs = ImmutableList.builder();
    for (Trouble trouble : status.getTroublesList()) {
      needs.add(
          new Need(
              Need.Level.FAULT,
              "",
              trouble.getMessage(),
              Optional.of(Timestamps.toMillis(trouble.getSince())),
              LOOK));
    }
    status.getConfigFaultsList().stream()
        .filter(fault -> fault.hasSince() && !ProtoFaults.isTold(fault, status))
        .forEach(
            fault ->
                needs.add(
                    new Need(
                        Need.Level.FAULT,
                        "",
                        "configuration: " + ProtoFaults.text(fault),
                        Optional.of(Timestamps.toMillis(fault.getSince())),
                        LOOK)));
    replicas(status, now, needs);
    for (LimitStatus limit : status.getLimitsList()) {
      if (limit.getTaken() >= NEARLY_ALL * limit.getTotal()) {
        needs.add(
            new Need(
                Need.Level.NOTICE,
                "",
                "%d of %d of --%s are taken"
                    .formatted(limit.getTaken(), limit.getTotal(), limit.getName()),
                Optional.empty(),
                LOOK));
      }
    }
    return new ServerPart(json(status, snapshot, looker, now).toString(), needs.build());
  }

  /** Servers of which nothing is heard, and this one if it hears of no other. */
  private static void replicas(
      ServerStatus status, Instant now, ImmutableList.Builder<Need> needs) {
    if (status.getReplica().hasUnconfirmed()) {
      needs.add(
          new Need(
              Need.Level.FAULT,
              "",
              "this server is out of touch with the other replicas: it grants nothing, and what it"
                  + " shows may be outdated",
              Optional.of(before(now, status.getReplica().getUnconfirmed())),
              LOOK));
    }
    status.getReplicasList().stream()
        .filter(replica -> replica.getState() == ReplicaState.REPLICA_STATE_SILENT)
        .forEach(
            replica ->
                needs.add(
                    new Need(
                        Need.Level.FAULT,
                        "",
                        "replica %s is silent, and drains wait for it".formatted(replica.getName()),
                        Optional.of(before(now, replica.getUnconfirmed())),
                        LOOK)));
  }

  private static long before(Instant now, Duration time) {
    return rounded(now.toEpochMilli() - Durations.toMillis(time));
  }

  private static JsonObject json(ReplicaStatus replica, Instant now) {
    var json = new JsonObject();
    json.addProperty("name", replica.getName());
    json.addProperty("life", replica.getLife());
    json.addProperty("state", ReplicaWords.state(replica));
    json.addProperty("version", replica.getVersion());
    json.addProperty("addresses", String.join(" ", replica.getAddressesList()));
    if (replica.hasApplied()) {
      json.addProperty("applied", replica.getApplied().getGeneration());
      json.addProperty("lag", replica.getLag());
    }
    if (replica.hasUnconfirmed()) {
      json.addProperty("silent", before(now, replica.getUnconfirmed()));
    }
    if (replica.hasLeft()) {
      json.addProperty(
          "until", rounded(now.toEpochMilli() + Durations.toMillis(replica.getLeft())));
    }
    return json;
  }

  private static JsonObject json(
      ServerStatus status, Snapshot snapshot, Subject looker, Instant now) {
    boolean inspects = looker.rights().allow(Verb.INSPECT);
    var json = new JsonObject();
    json.addProperty("version", status.getVersion());
    json.addProperty("state", ProtoWords.word(status.getState()).orElseThrow());
    json.addProperty("started", started(status, now));
    json.addProperty("revision", snapshot.revision().toString());
    json.addProperty(
        "datastores", looker.rights().allowEverywhere(Verb.SEE) ? snapshot.byName().size() : -1);
    json.addProperty("role", role(looker));
    json.addProperty("inspects", inspects);
    if (status.hasRecoveryLeft()) {
      json.addProperty(
          "recovered", rounded(now.toEpochMilli() + Durations.toMillis(status.getRecoveryLeft())));
    }
    if (status.hasReplica()) {
      json.addProperty("replica", status.getReplica().getName());
      json.addProperty("life", status.getReplica().getLife());
      var replicas = new JsonArray();
      status.getReplicasList().forEach(replica -> replicas.add(json(replica, now)));
      json.add("replicas", replicas);
    }
    if (status.hasCertificateExpires()) {
      json.addProperty("certificate", Timestamps.toMillis(status.getCertificateExpires()));
    }
    if (inspects) {
      json.addProperty("sessions", status.getSessions());
      json.addProperty("leases", status.getLeases());
      json.addProperty("watchers", status.getWatchers());
    }
    return json;
  }

  /** Times are shown to the second, so that they mostly stay the same. */
  private static long started(ServerStatus status, Instant now) {
    return rounded(now.toEpochMilli() - Durations.toMillis(status.getUptime()));
  }

  private static long rounded(long millis) {
    return Math.round(millis / 1000.0) * 1000;
  }

  /** The role for the server; one who may see only some datastores has none for it. */
  private static String role(Subject looker) {
    return looker.rights().server() == Role.NONE && looker.rights().allowSomewhere(Verb.SEE)
        ? "some datastores"
        : looker.rights().server().word();
  }
}
