package io.datastored.daemon;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.Operation;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Retrying clients ask for READ and WRITE on one datastore, and when they are refused ask again.
 * Thread-safe.
 */
final class RetryingClients implements AutoCloseable {

  private static final long PAUSE_MILLIS = 10;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Map<Status.Code, LongAdder> answers = new ConcurrentHashMap<>();
  private final Channel channel;
  private final String datastore;
  private volatile boolean running = true;

  RetryingClients(Channel channel, String datastore, int clients) {
    this.channel = channel;
    this.datastore = datastore;
    for (int i = 0; i < clients; i++) {
      ask(i % 2 == 0 ? Operation.OPERATION_READ : Operation.OPERATION_WRITE);
    }
  }

  private void ask(Operation operation) {
    Futures.addCallback(
        DatastoreServiceGrpc.newFutureStub(channel)
            .lookup(
                LookupRequest.newBuilder().setDatastore(datastore).setOperation(operation).build()),
        new FutureCallback<LookupResponse>() {
          @Override
          public void onSuccess(LookupResponse answer) {
            again(Status.Code.OK, operation);
          }

          @Override
          public void onFailure(Throwable thrown) {
            again(((StatusRuntimeException) thrown).getStatus().getCode(), operation);
          }
        },
        MoreExecutors.directExecutor());
  }

  private void again(Status.Code answer, Operation operation) {
    answers.computeIfAbsent(answer, code -> new LongAdder()).increment();
    if (running) {
      timer.schedule(() -> ask(operation), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** How often they were answered so. */
  long answered(Status.Code code) {
    LongAdder count = answers.get(code);
    return count == null ? 0 : count.sum();
  }

  @Override
  public void close() {
    running = false;
    timer.shutdownNow();
  }
}
