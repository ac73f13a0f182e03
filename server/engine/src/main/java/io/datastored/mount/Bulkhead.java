package io.datastored.mount;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * A bulkhead runs the calls into the file system of one base path, one at a time and in order, on a
 * thread of its own. Thread-safe. A call that hangs costs those that are about this base path, and
 * nobody else.
 */
public interface Bulkhead {

  /**
   * Runs a call as soon as those before it have ended. Never waits and never throws: where there is
   * no thread for it the call is kept.
   *
   * @param call ends its failures itself
   */
  void execute(Runnable call);

  /**
   * Waits, for a moment, for what a call brings.
   *
   * @return whether it is there; false at once when the file system is known to hang
   */
  boolean await(Future<?> result);

  /** What it waits for, when that has taken longer than anybody waits. */
  Optional<Hang> hang();

  /**
   * A hang is a file system that does not answer. Immutable.
   *
   * @param sentence what does not answer, for people
   * @param since when its call began, by the wall clock, for people
   */
  record Hang(String sentence, Instant since) {}
}
