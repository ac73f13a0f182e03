package io.datastored.service;

import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceImplBase;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.grpc.stub.StreamObserver;

/**
 * The calls of DatastoreService, each answered where it belongs. Thread-safe: immutable.
 * WatchGeneration is put in by {@link OpenWatches}, because its answers are encoded already.
 */
final class DatastoreCalls extends DatastoreServiceImplBase {
  private final LookupCalls lookups;
  private final StatusCall status;
  private final BlockingCalls blocking;

  DatastoreCalls(LookupCalls lookups, StatusCall status, BlockingCalls blocking) {
    this.lookups = lookups;
    this.status = status;
    this.blocking = blocking;
  }

  @Override
  public void lookup(LookupRequest request, StreamObserver<LookupResponse> observer) {
    lookups.lookup(request, observer);
  }

  @Override
  public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
    lookups.release(request, observer);
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
    // It waits for the first measurements: not on the transport's thread.
    blocking.answer(observer, () -> status.answer(request));
  }
}
