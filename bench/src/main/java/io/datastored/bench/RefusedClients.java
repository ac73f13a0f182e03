package io.datastored.bench;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.Operation;
import io.grpc.Channel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Refused clients look up READ and WRITE on one datastore, are refused, and retry. Thread-safe. */
final class RefusedClients implements AutoCloseable {

  /** Pause before a retry: 100 clients make a thousand calls a second. */
  private static final long PAUSE_MILLIS = 100;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final CountDownLatch refused;
  private final Channel channel;
  private final String datastore;

  RefusedClients(Channel channel, String datastore, int clients) {
    this.channel = channel;
    this.datastore = datastore;
    this.refused = new CountDownLatch(2 * clients);
    for (int i = 0; i < clients; i++) {
      Operation operation = i % 2 == 0 ? Operation.OPERATION_READ : Operation.OPERATION_WRITE;
      var unused =
          timer.schedule(() -> ask(operation), i * PAUSE_MILLIS / clients, TimeUnit.MILLISECONDS);
    }
  }

  private void ask(Operation operation) {
    Futures.addCallback(
        DatastoreServiceGrpc.newFutureStub(channel)
            .lookup(
                LookupRequest.newBuilder().setDatastore(datastore).setOperation(operation).build()),
        new FutureCallback<LookupResponse>() {
          @Override
          public void onSuccess(@Nullable LookupResponse answer) {
            throw new IllegalStateException(datastore + " was granted");
          }

          @Override
          public void onFailure(Throwable thrown) {
            refused.countDown();
            if (!timer.isShutdown()) {
              var unused =
                  timer.schedule(() -> ask(operation), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
          }
        },
        MoreExecutors.directExecutor());
  }

  /** Waits until each client has been refused about twice. */
  void awaitRefusals() throws InterruptedException {
    if (!refused.await(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException("the clients are not answered");
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
