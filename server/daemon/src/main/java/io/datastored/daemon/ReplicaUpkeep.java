package io.datastored.daemon;

import com.google.common.io.Closer;
import io.datastored.engine.Engine;
import io.datastored.engine.health.PeriodicTask;
import io.datastored.etcd.life.EtcdPeers;
import io.datastored.etcd.life.EtcdPromiseBook;
import io.datastored.etcd.life.QueuedTasks;
import io.datastored.file.StoreException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replica upkeep is what one of several servers does for the others from time to time. Thread-safe:
 * what may block is in the background, each kind at most once in the queue.
 */
final class ReplicaUpkeep {

  private static final Logger log = LoggerFactory.getLogger(ReplicaUpkeep.class);

  private static final Duration SHRINK_EVERY = Duration.ofMinutes(1);

  private final EtcdPeers peers;
  private final EtcdPromiseBook book;
  private final QueuedTasks background;

  ReplicaUpkeep(EtcdPeers peers, EtcdPromiseBook book, Executor background) {
    this.peers = peers;
    this.book = book;
    this.background = new QueuedTasks(background);
  }

  /**
   * Begins.
   *
   * @param acknowledge acknowledges what is served, elsewhere
   * @param longestKept how long the longest promise is kept that may be out
   * @param rooms takes what ends it
   */
  void start(
      Engine engine,
      DaemonOptions options,
      Runnable acknowledge,
      Supplier<Duration> longestKept,
      Closer rooms) {
    every(engine, "work for other servers", options.leases().tick(), peers::lookForEnds, rooms);
    every(
        engine,
        "look at other servers",
        options.upkeep(),
        () -> {
          acknowledge.run();
          background.run("tend", peers::tend);
        },
        rooms);
    every(
        engine,
        "shorter promises",
        SHRINK_EVERY,
        () -> background.run("shrink", () -> shrink(longestKept)),
        rooms);
  }

  private static void every(
      Engine engine, String name, Duration period, Runnable task, Closer rooms) {
    rooms.register(
        engine.tasks().start(name, period, PeriodicTask.Need.TO_SERVE, task::run)::close);
  }

  /** Others wait for a server that has died as long as for the longest promise in its record. */
  private void shrink(Supplier<Duration> longestKept) {
    try {
      book.shrink(longestKept);
    } catch (StoreException e) {
      log.atDebug().log("shorter promises are announced later: {}", e.getMessage());
    }
  }
}
