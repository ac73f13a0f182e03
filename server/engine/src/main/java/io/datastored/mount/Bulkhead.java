package io.datastored.mount;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * A bulkhead runs the calls into the file system of one base path, one at a time and in order, on a
 * separate thread. Thread-safe. A call that hangs delays only calls of the same base path.
 */
public interface Bulkhead {

  /**
   * Runs a call as soon as the previous ones have ended. Never waits and never throws: if there is
   * no thread, the call stays queued.
   *
   * @param call handles its own failures
   */
  void execute(Runnable call);

  /**
   * Waits briefly for the result of a call.
   *
   * @return whether it is available; false at once if the file system is known to hang
   */
  boolean await(Future<?> result);

  /** The hang, if the oldest call has taken longer than callers wait. */
  Optional<Hang> hang();

  /**
   * A hang is a file system that does not answer. Immutable.
   *
   * @param sentence what does not answer, for display
   * @param since when its call began, by the wall clock, for display
   */
  record Hang(String sentence, Instant since) {}
}
