package io.datastored.cli;

import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A drain that the demo follows. Confined to the demo's thread. */
record DemoDrain(BlockingClientCall<?, DrainResponse> call) implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  DrainResponse next() throws InterruptedException {
    try {
      DrainResponse next = call.read(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (next == null) {
        throw new CommandFailed(ExitStatus.NO, "The drain ended without saying how.");
      }
      return next;
    } catch (StatusException | TimeoutException e) {
      throw new CommandFailed(ExitStatus.NO, "The drain tells nothing: " + e.getMessage() + ".", e);
    }
  }

  DrainResponse awaitEnd() throws InterruptedException {
    long begin = System.nanoTime();
    DrainResponse last = next();
    while (last.getState() == DrainState.DRAIN_STATE_DRAINING
        && Duration.ofNanos(System.nanoTime() - begin).compareTo(PATIENCE) < 0) {
      last = next();
    }
    return last;
  }

  @Override
  public void close() {
    call.cancel("the demo is done with this drain", null);
  }
}
