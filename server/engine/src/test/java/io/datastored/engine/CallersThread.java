package io.datastored.engine;

import io.datastored.mount.Bulkhead;
import java.util.Optional;
import java.util.concurrent.Future;

/** A bulkhead that isolates nothing: calls run in the caller's thread. Stateless. */
final class CallersThread implements Bulkhead {

  @Override
  public void execute(Runnable call) {
    call.run();
  }

  @Override
  public boolean await(Future<?> result) {
    return result.isDone();
  }

  @Override
  public Optional<Hang> hang() {
    return Optional.empty();
  }
}
