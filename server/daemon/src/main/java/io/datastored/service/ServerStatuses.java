package io.datastored.service;

import com.google.common.collect.Streams;
import io.datastored.config.ConfigNotice;
import io.datastored.engine.Snapshot;
import io.datastored.engine.Trouble;
import io.datastored.v1.ConfigFault;
import io.datastored.v1.ServerStatus;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The server's own part of a Status. Thread-safe: it only asks the other rooms. */
final class ServerStatuses {
  /**
   * A file of another program could have a fault on each line; the first ones tell an operator
   * enough.
   */
  private static final int MOST_FAULTS = 100;

  private final ServerLife life;
  private final LongSupplier leases;
  private final LongSupplier watchers;
  private final Supplier<Optional<Trouble>> trouble;

  ServerStatuses(
      ServerLife life,
      LongSupplier leases,
      LongSupplier watchers,
      Supplier<Optional<Trouble>> trouble) {
    this.life = life;
    this.leases = leases;
    this.watchers = watchers;
    this.trouble = trouble;
  }

  ServerStatus of(Snapshot snapshot) {
    Stream<ConfigFault> unfollowed = trouble.get().stream().map(ProtoFaults::of);
    Stream<ConfigFault> faults = snapshot.fileFaults().stream().map(ProtoFaults::of);
    Stream<ConfigFault> notices = snapshot.notices().stream().map(ServerStatuses::notice);
    return ServerStatus.newBuilder()
        .setVersion(life.version())
        .setState(life.state())
        .setUptime(ProtoTimes.duration(life.uptime()))
        .setLeases(leases.getAsLong())
        .setWatchers(watchers.getAsLong())
        .addAllConfigFaults(Streams.concat(unfollowed, faults, notices).limit(MOST_FAULTS).toList())
        .setDigest(snapshot.digest().hex())
        .build();
  }

  /**
   * A notice keeps nothing from being served: the version in the file is the one that is served.
   */
  private static ConfigFault notice(ConfigNotice notice) {
    return ConfigFault.newBuilder()
        .setLine(notice.line())
        .setProperty(notice.property())
        .setMessage("datastore '%s': %s".formatted(notice.datastore().value(), notice.message()))
        .build();
  }
}
