package io.datastored.promise;

import java.time.Duration;
import java.util.Optional;

/**
 * An awaited replica is another server, in one of its lives, that is in the way of a mode.
 * Immutable.
 */
public sealed interface AwaitedReplica {

  /** Its life. */
  LifeId life();

  /** Its name. */
  String replica();

  /** Why it is waited for, without what changes by itself. For display. */
  String sentence();

  /** It has not applied the mode yet, so it may still permit what the mode refuses. */
  record Unaware(LifeId life, String replica) implements AwaitedReplica {

    @Override
    public String sentence() {
      return "replica " + replica + " has not applied the mode";
    }
  }

  /**
   * Nothing is heard of it, or it has stopped; its clients may still rely on its promises.
   *
   * @param left for how long at most; empty: until an operator decides
   */
  record Silent(LifeId life, String replica, Optional<Duration> left) implements AwaitedReplica {

    @Override
    public String sentence() {
      return "replica " + replica + " is silent";
    }
  }

  /** It counts operations that the mode refuses, or sessions that have not applied it. */
  record Working(LifeId life, String replica, Work work) implements AwaitedReplica {

    @Override
    public String sentence() {
      long operations = work.counts().read() + work.counts().write();
      return "replica %s has %s and %s%s"
          .formatted(
              replica,
              count(operations, "operation"),
              count(work.sessions(), "session"),
              work.open() == 0 ? "" : ", and holds the base directory open");
    }

    private static String count(long number, String noun) {
      return number + " " + noun + (number == 1 ? "" : "s");
    }
  }
}
