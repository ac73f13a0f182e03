package io.datastored.cli.command;

import java.time.Duration;

/** A child is the process that does the work while its parent holds the lease. Thread-safe. */
interface Child {

  /** Waits for its end, and for that of all that was asked to end; whether it has come. */
  boolean endsWithin(Duration time) throws InterruptedException;

  /** Asks it and all that it has started to end: SIGTERM. */
  void terminate();

  /** Ends all of it: SIGKILL. */
  void kill();

  /** Hands a signal on by its short name, {@code INT} for example. */
  void signal(String name);

  /** As a shell tells it: 128 + the number of the signal that ended it. After its end only. */
  int status();
}
