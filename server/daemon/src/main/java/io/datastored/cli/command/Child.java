package io.datastored.cli.command;

import java.time.Duration;

/** A child is the process that does the work while its parent holds the lease. Thread-safe. */
interface Child {

  /**
   * Waits for its end, and for that of all processes that were asked to end; false if the time is
   * over first.
   */
  boolean endsWithin(Duration time) throws InterruptedException;

  /** Sends SIGTERM to it and to all processes that it has started. */
  void terminate();

  /** Sends SIGKILL to all of them. */
  void kill();

  /** Forwards a signal, given by its short name, such as {@code INT}. */
  void signal(String name);

  /**
   * The exit status as a shell reports it: 128 + the number of the signal that ended it. Only after
   * its end.
   */
  int status();
}
