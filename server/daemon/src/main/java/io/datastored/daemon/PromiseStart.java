package io.datastored.daemon;

import io.datastored.engine.Engine;
import io.datastored.engine.EngineStartException;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.promise.FilePromiseBook;

/** A promise start opens the promises of earlier servers on a state directory. Stateless. */
final class PromiseStart {
  private PromiseStart() {}

  /** Opens them; before the engine. */
  static FilePromiseBook open(DaemonOptions options, Environment around) throws StoreException {
    return FilePromiseBook.open(
        options.engine().stateDirectory(),
        options.leases().promises(),
        around.wallClock(),
        DiskSteps.REAL);
  }

  /** Opens the engine, whose history the promises are bound to before anything is promised. */
  static Engine engine(DaemonOptions options, FilePromiseBook book) throws EngineStartException {
    Engine engine = Engine.open(options.engine(), book::leaving);
    book.serve(engine.snapshot().revision().incarnation());
    return engine;
  }
}
