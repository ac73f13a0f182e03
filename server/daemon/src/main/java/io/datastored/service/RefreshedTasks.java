package io.datastored.service;

import io.datastored.access.Shares;
import io.datastored.engine.Engine;
import io.datastored.file.StoreException;
import io.datastored.service.stream.CallRuntime;
import io.datastored.service.wire.Caller;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Refreshed tasks run after the engine has looked for commits of other processes, on a thread that
 * may block. Stateless.
 */
final class RefreshedTasks {
  private RefreshedTasks() {}

  /** Those of a caller. */
  static Executor of(Engine engine, Caller caller, CallRuntime drive) {
    Shares places = drive.limits().onDisk();
    return task -> {
      if (!places.tryTake(caller.subject())) {
        throw new RejectedExecutionException(places.reached(caller.principal()).toString());
      }
      boolean handedOver = false;
      try {
        drive
            .blocking(caller)
            .execute(
                () -> {
                  try {
                    engine.freshSnapshot();
                  } catch (StoreException e) {
                    // The existing data must do: the task asks for the newest and finds what was
                    // there before.
                  } finally {
                    places.giveBack(caller.principal());
                  }
                  task.run();
                });
        handedOver = true;
      } finally {
        if (!handedOver) {
          places.giveBack(caller.principal());
        }
      }
    };
  }
}
