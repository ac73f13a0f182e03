package io.datastored.daemon;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.datastored.engine.EngineTiming;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.history.EtcdKeyValues;
import io.datastored.etcd.history.EtcdStore;
import io.datastored.etcd.history.EtcdStoreOptions;
import io.datastored.etcd.history.LastSeen;
import io.datastored.etcd.history.SharedConfirmation;
import io.datastored.etcd.life.LifeKeys;
import io.datastored.etcd.life.LifeOptions;
import io.datastored.etcd.life.PeerFollower;
import io.datastored.file.StoreException;
import io.datastored.history.EditDebounce;
import io.datastored.history.Revision;
import io.datastored.history.file.Departure;
import io.datastored.neighbour.PbsDirectories;
import io.datastored.neighbour.ProxmoxBackupServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica start is what is checked on this host, and made, before a server takes part in a
 * history in etcd. Stateless.
 */
final class ReplicaStart {

  private static final Logger log = LoggerFactory.getLogger(ReplicaStart.class);

  /** How long an answer waits until a commit of another server is served here. */
  private static final Duration CONFIRMED_WITHIN = Duration.ofSeconds(5);

  /** So that the head is read at most 50 times a second, however many clients renew. */
  private static final Duration CONFIRMATION_PAUSE = Duration.ofMillis(20);

  private ReplicaStart() {}

  /** Checks this host, and opens a client of the etcd, which connects with its first call. */
  static EtcdClient of(DaemonOptions options, ReplicaOptions replica) throws DaemonStartException {
    requireNoOtherHistory(options.engine().stateDirectory());
    warnOfNeighbour(options.drains().pbs());
    try {
      return EtcdClient.open(replica.etcd());
    } catch (IOException e) {
      throw new DaemonStartException(
          DaemonStartException.Kind.TLS, "a file for etcd cannot be read: " + e.getMessage(), e);
    }
  }

  /** How this server is known to others. */
  static LifeOptions life(DaemonOptions options, ReplicaOptions replica, LifeKeys keys) {
    return LifeOptions.of(
        keys,
        replica.name(),
        options.version(),
        options.listen().stream().map(Object::toString).collect(Collectors.joining(" ")),
        replica.authority());
  }

  /**
   * What has a server serve all that the others have committed, before it answers.
   *
   * @param head of the history
   * @param served by this server
   */
  static SharedConfirmation confirmation(SharedConfirmation.Head head, Supplier<Revision> served) {
    return new SharedConfirmation(
        head,
        served,
        Executors.newScheduledThreadPool(
            2,
            new ThreadFactoryBuilder()
                .setNameFormat("datastored-confirmation")
                .setDaemon(true)
                .build()),
        CONFIRMATION_PAUSE,
        CONFIRMED_WITHIN);
  }

  /** The reason why a history could not be opened, with what to do if there is none. */
  static DaemonStartException advised(StoreException e) {
    String sentence = Objects.requireNonNullElse(e.getMessage(), e.toString());
    return new DaemonStartException(
        e.reason() == StoreException.Reason.UNREACHABLE
            ? DaemonStartException.Kind.UNREACHABLE
            : DaemonStartException.Kind.ENGINE,
        e.reason() == StoreException.Reason.VANISHED
            ? sentence
                + "; check --etcd-prefix, or write a configuration there with 'datastored cluster"
                + " init --from FILE --new-history' (or --state-dir DIR)"
            : sentence,
        e);
  }

  /**
   * Refuses a directory with the history of a server on files: what that has promised would not be
   * waited for.
   */
  private static void requireNoOtherHistory(Path stateDirectory) throws DaemonStartException {
    if (Departure.isDue(stateDirectory)) {
      throw new DaemonStartException(
          DaemonStartException.Kind.ENGINE,
          ("the state directory %s belongs to a server on files, whose leases would not be waited"
                  + " for: take its history to etcd with 'datastored cluster init --from FILE"
                  + " --state-dir %s', or use another --state-dir")
              .formatted(stateDirectory, stateDirectory));
    }
  }

  /** Its operations are unknown to the other servers, so drains do not wait for them. */
  private static void warnOfNeighbour(PbsDirectories directories) {
    ProxmoxBackupServer.signIn(directories)
        .ifPresent(
            sign ->
                log.atWarn()
                    .log(
                        "a Proxmox Backup Server is on this host: {}. Its configuration is its own,"
                            + " not the one in etcd, and no drain here waits for its operations",
                        sign));
  }

  /** The store of its history, which remembers in the state directory what was served. */
  static EtcdStore store(
      EtcdClient etcd,
      DaemonOptions options,
      ReplicaOptions replica,
      Environment around,
      LastSeen lastSeen,
      PeerFollower follower)
      throws StoreException {
    EngineTiming timing = options.engine().timing();
    return EtcdStore.open(
        new EtcdKeyValues(etcd),
        EtcdStoreOptions.defaults(
            replica.keys(),
            EditDebounce.piecemeal(timing.settle(), timing.settleLimit(), around.ticker()),
            around.random()),
        lastSeen,
        follower);
  }
}
