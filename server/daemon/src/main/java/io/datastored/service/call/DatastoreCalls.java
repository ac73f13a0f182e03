package io.datastored.service.call;

import io.datastored.service.wire.BlockingCalls;
import io.datastored.service.wire.Caller;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceImplBase;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.grpc.stub.StreamObserver;

/**
 * The calls of DatastoreService, each delegated to its class, except for those that {@link
 * EncodedMethods} replaces. Thread-safe: immutable.
 */
public final class DatastoreCalls extends DatastoreServiceImplBase {
  private final LookupCalls lookups;
  private final StatusCall status;
  private final BlockingCalls blocking;

  public DatastoreCalls(LookupCalls lookups, StatusCall status, BlockingCalls blocking) {
    this.lookups = lookups;
    this.status = status;
    this.blocking = blocking;
  }

  @Override
  public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
    lookups.release(request, observer);
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
    Caller caller = Caller.current();
    // It waits for the first measurements, so it must not run on the transport's thread.
    blocking.answerLarge(observer, () -> status.answer(request, caller));
  }
}
