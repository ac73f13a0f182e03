package io.datastored.proof;

import com.google.common.util.concurrent.ListenableFuture;
import io.datastored.proof.site.Wire;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.CloseSessionResponse;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceFutureStub;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SessionServiceGrpc.SessionServiceFutureStub;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A fleet is many clients in one process: sessions, and leases that live with them. Confined to one
 * thread; what it asks of the server is under way together.
 */
final class Fleet {

  /** A lease; without a token when it is yet to be asked for. */
  record Held(
      String id,
      String session,
      String datastore,
      String operation,
      long token,
      String continuation) {

    /** One that is asked for. */
    static Held wanted(String id, String session, String datastore, String operation) {
      return new Held(id, session, datastore, operation, 0, "");
    }
  }

  /** What one call came to: an answer, or why not. */
  record Answered<K, V>(K about, V answer, String failure) {}

  /** This machine could not keep its own sessions alive, so nothing is shown about the server. */
  static final class TooSlowException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static final int IN_FLIGHT = 64;
  private static final int CALL_SECONDS = 20;

  private final Wire wire;
  private final long ttlMillis;
  private final Map<String, Long> until = new HashMap<>();
  private final Map<String, Held> leases = new HashMap<>();

  Fleet(Wire wire, long ttlMillis) {
    this.wire = wire;
    this.ttlMillis = ttlMillis;
  }

  Collection<Held> leases() {
    return List.copyOf(leases.values());
  }

  /** Until when a session, and all that lives with it, was promised by the holder's clock. */
  long until(String session) {
    return until.getOrDefault(session, Long.MIN_VALUE);
  }

  /** Whether a session was promised for a time that is over by the holder's clock. */
  private boolean isOver(String session) {
    return until.containsKey(session) && System.nanoTime() > until(session);
  }

  /** Opens sessions, or opens them again; answers what failed. */
  List<String> open(Collection<String> sessions) {
    long sent = System.nanoTime();
    List<Answered<String, OpenSessionResponse>> answers =
        all(
            sessions,
            session ->
                sessionCalls()
                    .openSession(
                        OpenSessionRequest.newBuilder()
                            .setSessionId(session)
                            .setTtl(Wire.millis(ttlMillis))
                            .build()));
    return promised(answers, sent, answer -> Wire.nanos(answer.getTtl()));
  }

  /** Keeps sessions alive; answers what failed. */
  List<String> keepAlive(Collection<String> sessions) {
    long sent = System.nanoTime();
    List<Answered<String, KeepAliveResponse>> answers =
        all(
            sessions,
            session ->
                sessionCalls()
                    .keepAlive(KeepAliveRequest.newBuilder().setSessionId(session).build()));
    return promised(answers, sent, answer -> Wire.nanos(answer.getTtl()));
  }

  /** All count from the sending of the first, which is before that of each. */
  private <V> List<String> promised(
      List<Answered<String, V>> answers, long sent, Function<V, Long> ttl) {
    List<String> failed = new ArrayList<>();
    for (Answered<String, V> one : answers) {
      if (one.failure().isEmpty()) {
        until.merge(one.about(), sent + ttl.apply(one.answer()), Math::max);
      } else if (isOver(one.about())) {
        throw new TooSlowException();
      } else {
        failed.add(one.about() + ": " + one.failure());
      }
    }
    return failed;
  }

  /** Asks for leases; what is not in the answer failed. */
  List<Held> grant(Collection<Held> wanted) {
    List<Held> granted = new ArrayList<>();
    for (Answered<Held, LookupResponse> one : all(wanted, this::lookup)) {
      if (one.failure().isEmpty()) {
        Held asked = one.about();
        Held held =
            new Held(
                asked.id(),
                asked.session(),
                asked.datastore(),
                asked.operation(),
                one.answer().getLease().getFencingToken(),
                one.answer().getLease().getContinuation());
        leases.put(held.id(), held);
        granted.add(held);
      } else if (isOver(one.about().session())) {
        throw new TooSlowException();
      }
    }
    return granted;
  }

  /** "I continue these leases"; answers those for which that failed, and why. */
  List<Answered<Held, LookupResponse>> takeOver(Collection<Held> held) {
    return all(held, this::lookup).stream().filter(one -> !isSame(one)).toList();
  }

  private static boolean isSame(Answered<Held, LookupResponse> one) {
    return one.failure().isEmpty()
        && one.answer().getLease().getLeaseId().equals(one.about().id())
        && one.answer().getLease().getFencingToken() == one.about().token();
  }

  /** A first ask when it has no token yet. */
  private ListenableFuture<LookupResponse> lookup(Held lease) {
    return datastoreCalls()
        .lookup(
            LookupRequest.newBuilder()
                .setLeaseId(lease.id())
                .setSessionId(lease.session())
                .setDatastore(lease.datastore())
                .setOperation(Wire.operation(lease.operation()))
                .setHeldFencingToken(lease.token())
                .setContinuation(lease.continuation())
                .build());
  }

  /** Gives leases back. */
  void release(Collection<Held> held) {
    List<Answered<Held, ReleaseResponse>> unused =
        all(
            held,
            lease ->
                datastoreCalls()
                    .release(ReleaseRequest.newBuilder().setLeaseId(lease.id()).build()));
    held.forEach(lease -> leases.remove(lease.id()));
  }

  /** Ends sessions with all that lives with them. */
  void close(Collection<String> sessions) {
    List<Answered<String, CloseSessionResponse>> unused =
        all(
            sessions,
            session ->
                sessionCalls()
                    .closeSession(CloseSessionRequest.newBuilder().setSessionId(session).build()));
    sessions.forEach(until::remove);
  }

  private DatastoreServiceFutureStub datastoreCalls() {
    return DatastoreServiceGrpc.newFutureStub(wire.channel())
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  private SessionServiceFutureStub sessionCalls() {
    return SessionServiceGrpc.newFutureStub(wire.channel())
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  /** Makes a call for each, a number of them at once, and waits for all answers. */
  private static <K, V> List<Answered<K, V>> all(
      Collection<K> about, Function<K, ListenableFuture<V>> call) {
    List<Answered<K, V>> answers = new ArrayList<>();
    List<K> keys = List.copyOf(about);
    List<ListenableFuture<V>> calls = new ArrayList<>();
    for (int i = 0; i < keys.size() + IN_FLIGHT; i++) {
      if (i < keys.size()) {
        calls.add(call.apply(keys.get(i)));
      }
      int done = i - IN_FLIGHT;
      if (done >= 0 && done < keys.size()) {
        answers.add(answer(keys.get(done), calls.get(done)));
      }
    }
    return answers;
  }

  private static <K, V> Answered<K, V> answer(K about, ListenableFuture<V> call) {
    try {
      return new Answered<>(about, call.get(), "");
    } catch (ExecutionException e) {
      return e.getCause() instanceof StatusRuntimeException failure
          ? new Answered<>(about, null, Wire.reason(failure))
          : new Answered<>(about, null, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answered<>(about, null, "interrupted");
    }
  }
}
