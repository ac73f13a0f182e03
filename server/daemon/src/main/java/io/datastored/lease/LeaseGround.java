package io.datastored.lease;

import io.datastored.engine.Engine;
import io.datastored.promise.Authority;
import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.LeaseClock;
import java.util.concurrent.Executor;

/**
 * A lease ground is what the promises of a server stand on: who permits them, where they are
 * recorded, and who else may count what they permit. There is one form for each kind of server.
 */
@FunctionalInterface
public interface LeaseGround {

  /**
   * Begins to make promises.
   *
   * @param clock by which they end
   * @param background may block
   */
  Standing begin(Engine engine, LeaseClock clock, LeaseOptions options, Executor background);

  /** The ground of a server that is alone on its state directory. */
  static LeaseGround alone(FilePromiseBook book, Authority authority) {
    return (engine, clock, options, background) ->
        new LoneStanding(engine, book, authority, clock, options, background);
  }
}
