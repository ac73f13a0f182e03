package io.datastored.service.page;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.datastored.access.Role;
import io.datastored.access.Subject;
import io.datastored.access.Verb;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.service.call.ServerStatuses;
import io.datastored.service.wire.Caller;
import io.datastored.v1.ConfigFault;
import io.datastored.v1.LimitStatus;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.Trouble;
import java.time.Instant;
import java.util.Locale;
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
    boolean inspects = looker.rights().allow(Verb.INSPECT);
    String text =
        JsonText.object(
            json -> {
              json.name("version").value(status.getVersion());
              json.name("state").value(word(status));
              json.name("started").value(started(status, now));
              json.name("revision")
                  .value(
                      snapshot.revision().incarnation().value()
                          + "/"
                          + snapshot.revision().generation().value());
              json.name("datastores")
                  .value(looker.rights().allowEverywhere(Verb.SEE) ? snapshot.byName().size() : -1);
              json.name("role").value(role(looker));
              json.name("inspects").value(inspects);
              if (status.hasRecoveryLeft()) {
                json.name("recovered")
                    .value(
                        rounded(now.toEpochMilli() + Durations.toMillis(status.getRecoveryLeft())));
              }
              if (status.hasCertificateExpires()) {
                json.name("certificate").value(Timestamps.toMillis(status.getCertificateExpires()));
              }
              if (inspects) {
                json.name("sessions").value(status.getSessions());
                json.name("leases").value(status.getLeases());
                json.name("watchers").value(status.getWatchers());
              }
            });
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
        .filter(fault -> fault.hasSince() && !isTold(fault, status))
        .forEach(
            fault ->
                needs.add(
                    new Need(
                        Need.Level.FAULT,
                        "",
                        "configuration: " + Row.fault(fault),
                        Optional.of(Timestamps.toMillis(fault.getSince())),
                        LOOK)));
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
    return new ServerPart(text, needs.build());
  }

  private static String word(ServerStatus status) {
    return status.getState().name().substring("SERVER_STATE_".length()).toLowerCase(Locale.ROOT);
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

  private static boolean isTold(ConfigFault fault, ServerStatus status) {
    return status.getTroublesList().stream()
        .anyMatch(trouble -> trouble.getMessage().equals(fault.getMessage()));
  }
}
