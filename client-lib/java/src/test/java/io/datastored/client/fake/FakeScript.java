package io.datastored.client.fake;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.Supplier;

/** A fake script is the list of failures that the next calls meet. Guarded by the world. */
final class FakeScript {

  private enum Fault {
    /** The call is executed, and the connection breaks before its answer arrives. */
    ANSWER_LOST,
    /** The call is not executed until it is let go. */
    REQUEST_HELD,
    /** The call is executed; its answer is delayed until it is let go. */
    ANSWER_HELD
  }

  private final FakeWorld world;
  private final Map<String, Queue<Function<Long, StatusRuntimeException>>> refusals =
      new HashMap<>();
  private final Map<String, Queue<Fault>> faults = new HashMap<>();
  private final List<Runnable> held = new ArrayList<>();
  private final Map<String, Long> calls = new HashMap<>();
  private final Map<String, Runnable> witnesses = new HashMap<>();
  private OptionalLong ttl = OptionalLong.empty();

  /** Whether every call fails with UNAVAILABLE. */
  boolean down;

  FakeScript(FakeWorld world) {
    this.world = world;
  }

  OptionalLong ttlNanos() {
    return ttl;
  }

  void ttlNanos(long nanos) {
    ttl = OptionalLong.of(nanos);
  }

  void onCall(String method, Runnable witness) {
    witnesses.put(method, witness);
  }

  long calls(String method) {
    return calls.getOrDefault(method, 0L);
  }

  void refuseNext(String method, Function<Long, StatusRuntimeException> refusal) {
    refusals.computeIfAbsent(method, name -> new ArrayDeque<>()).add(refusal);
  }

  void loseNextAnswer(String method) {
    fault(method, Fault.ANSWER_LOST);
  }

  void holdNextRequest(String method) {
    fault(method, Fault.REQUEST_HELD);
  }

  void holdNextAnswer(String method) {
    fault(method, Fault.ANSWER_HELD);
  }

  private void fault(String method, Fault fault) {
    faults.computeIfAbsent(method, name -> new ArrayDeque<>()).add(fault);
  }

  /** Continues all delayed calls, in order. */
  void letGo() {
    List<Runnable> all = List.copyOf(held);
    held.clear();
    all.forEach(Runnable::run);
  }

  <A> void answer(String method, StreamObserver<A> out, Supplier<A> answer) {
    synchronized (world) {
      Fault fault = begin(method);
      if (down) {
        out.onError(Status.UNAVAILABLE.withDescription("down").asRuntimeException());
      } else if (fault == Fault.REQUEST_HELD) {
        held.add(() -> finish(method, out, answer));
      } else if (fault == null) {
        finish(method, out, answer);
      } else {
        A made = answer.get();
        if (fault == Fault.ANSWER_HELD) {
          held.add(() -> finish(method, out, () -> made));
        } else {
          out.onError(Status.UNAVAILABLE.withDescription("connection lost").asRuntimeException());
        }
      }
    }
  }

  <A> void open(String method, StreamObserver<A> out, Runnable open) {
    synchronized (world) {
      Fault unused = begin(method);
      try {
        if (down) {
          throw Status.UNAVAILABLE.withDescription("down").asRuntimeException();
        }
        throwIfScripted(method);
        open.run();
      } catch (StatusRuntimeException e) {
        out.onError(e);
      }
    }
  }

  private Fault begin(String method) {
    calls.merge(method, 1L, Long::sum);
    witnesses.getOrDefault(method, () -> {}).run();
    Queue<Fault> waiting = faults.get(method);
    return waiting == null ? null : waiting.poll();
  }

  private <A> void finish(String method, StreamObserver<A> out, Supplier<A> answer) {
    A made;
    try {
      throwIfScripted(method);
      made = answer.get();
    } catch (StatusRuntimeException e) {
      out.onError(e);
      return;
    }
    out.onNext(made);
    out.onCompleted();
  }

  private void throwIfScripted(String method) {
    Queue<Function<Long, StatusRuntimeException>> waiting = refusals.get(method);
    if (waiting != null && !waiting.isEmpty()) {
      throw waiting.remove().apply(world.generation);
    }
  }
}
