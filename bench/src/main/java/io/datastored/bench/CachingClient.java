package io.datastored.bench;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.util.Durations;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.Revision;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/**
 * A caching client produces the traffic of a near cache: it has a caching session, watches the
 * modes, and keeps an idle lease until a mode refuses it. Thread-safe: guarded by its own lock.
 */
final class CachingClient implements StreamObserver<WatchGenerationResponse> {

  private final ManagedChannel channel;
  private final String id;
  private final String datastore;
  private final long ttlMillis;
  private Optional<Revision> applied = Optional.empty();
  private boolean holds;
  private boolean dead;
  private long leases;
  private long lastSent;

  CachingClient(ManagedChannel channel, String id, String datastore, long ttlMillis) {
    this.channel = channel;
    this.id = id;
    this.datastore = datastore;
    this.ttlMillis = ttlMillis;
  }

  /** Opens the session and its watch. */
  synchronized CachingClient open() {
    lastSent = System.nanoTime();
    OpenSessionResponse unused =
        SessionServiceGrpc.newBlockingStub(channel)
            .openSession(
                OpenSessionRequest.newBuilder()
                    .setSessionId(id)
                    .setTtl(Durations.fromMillis(ttlMillis))
                    .setCaches(true)
                    .build());
    DatastoreServiceGrpc.newStub(channel)
        .watchGeneration(WatchGenerationRequest.newBuilder().setSessionId(id).build(), this);
    return this;
  }

  /** Requests the lease that it keeps. */
  synchronized ListenableFuture<LookupResponse> acquire() {
    holds = true;
    leases++;
    return DatastoreServiceGrpc.newFutureStub(channel)
        .lookup(
            LookupRequest.newBuilder()
                .setDatastore(datastore)
                .setOperation(Operation.OPERATION_READ)
                .setSessionId(id)
                .setLeaseId(id + "-" + leases)
                .build());
  }

  /** Renews the session and acknowledges the applied revision. */
  synchronized void keepAlive() {
    if (!dead) {
      lastSent = System.nanoTime();
      KeepAliveRequest.Builder request = KeepAliveRequest.newBuilder().setSessionId(id);
      applied.ifPresent(request::setApplied);
      ListenableFuture<KeepAliveResponse> unused =
          SessionServiceGrpc.newFutureStub(channel).keepAlive(request.build());
    }
  }

  /** Stops sending; the result is when it last sent, from which a client would count its ttl. */
  synchronized long die() {
    dead = true;
    return lastSent;
  }

  @Override
  public synchronized void onNext(WatchGenerationResponse message) {
    boolean refused =
        isRefused(message.getChange().getChangedList())
            || isRefused(message.getSnapshot().getDatastoresList());
    if (dead) {
      return;
    }
    if (refused && holds) {
      holds = false;
      ListenableFuture<ReleaseResponse> unused =
          DatastoreServiceGrpc.newFutureStub(channel)
              .release(ReleaseRequest.newBuilder().setLeaseId(id + "-" + leases).build());
    }
    if (message.hasRevision()) {
      applied = Optional.of(message.getRevision());
      if (message.getAckRequested()) {
        keepAlive();
      }
    }
  }

  private boolean isRefused(Iterable<Datastore> changed) {
    for (Datastore one : changed) {
      if (one.getName().equals(datastore)
          && one.getMaintenance().getMode() != MaintenanceMode.MAINTENANCE_MODE_NONE) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void onError(Throwable error) {
    // The server has stopped, so the measurement is over.
  }

  @Override
  public void onCompleted() {
    // The same as above.
  }
}
