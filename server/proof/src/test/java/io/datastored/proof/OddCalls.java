package io.datastored.proof;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.util.Durations;
import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.proof.site.Wire;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.ReleaseRequest;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;

/**
 * Odd calls are what networks make of plain ones: repeated, doubled and overtaken. A worker that
 * makes them complains when they do anything. Confined to one thread.
 */
final class OddCalls {

  private final Wire wire;
  private final RemoteSession session;
  private final HistoryFile history;

  OddCalls(Wire wire, RemoteSession session, HistoryFile history) {
    this.wire = wire;
    this.session = session;
    this.history = history;
  }

  /** The answer was lost, so it is asked again: the same lease, counted once. */
  void ask(LookupRequest again, RemoteLease lease) {
    try {
      LookupResponse answer = wire.datastores().lookup(again);
      if (answer.getLease().getFencingToken() != lease.token() && isUnderTheSameServer(lease)) {
        complain(lease, "a repeated lookup made another lease: " + answer.getLease());
      }
    } catch (StatusRuntimeException e) {
      // The server went, or it has come back and knows nothing of the lease: then it is a first
      // ask.
    }
  }

  /** A server that has come back knows nothing of the lease, so it is a first ask there. */
  private boolean isUnderTheSameServer(RemoteLease lease) {
    rest(1000);
    return lease.epoch() > 0 && lease.epoch() == session.promise().epoch();
  }

  /** "I continue this lease", from the sending of these words on; no mode is in the way of that. */
  void renew(RemoteLease lease) {
    long sent = System.nanoTime();
    try {
      LookupResponse answer =
          wire.datastores()
              .lookup(
                  LookupRequest.newBuilder()
                      .setDatastore(lease.datastore())
                      .setOperation(Wire.operation(lease.operation()))
                      .setTtl(Wire.millis(RemoteWorker.TTL_MILLIS))
                      .setLeaseId(lease.id())
                      .setHeldFencingToken(lease.token())
                      .setContinuation(lease.continuation())
                      .build());
      lease.promise(sent + Durations.toNanos(answer.getLease().getTtl()), 0);
    } catch (StatusRuntimeException e) {
      if (Wire.refusal(e).isPresent()) {
        if (Wire.reason(e).equals("UNDER_MAINTENANCE")) {
          complain(lease, "a renewal was refused by a mode");
        }
        lease.lose(Wire.reason(e));
      }
    }
  }

  void releaseTwice(RemoteLease lease) {
    try {
      ReleaseRequest request = ReleaseRequest.newBuilder().setLeaseId(lease.id()).build();
      boolean unused = wire.datastores().release(request).getReleased();
      if (wire.datastores().release(request).getReleased()) {
        complain(lease, "released twice");
      }
    } catch (StatusRuntimeException e) {
      // The server went.
    }
    session.release(lease.id());
  }

  /** A lookup that is overtaken by its release: the lease is nobody's, and found and given back. */
  void overtake(LookupRequest request) {
    history.add(Kind.UNANSWERED, "id", request.getLeaseId());
    ListenableFuture<LookupResponse> unused =
        DatastoreServiceGrpc.newFutureStub(wire.channel())
            .withDeadlineAfter(3, TimeUnit.SECONDS)
            .lookup(request);
    session.release(request.getLeaseId());
  }

  private static void rest(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void complain(RemoteLease lease, String what) {
    history.add(Kind.COMPLAINT, "id", lease.id(), "what", what.replace('\n', ' '));
  }
}
