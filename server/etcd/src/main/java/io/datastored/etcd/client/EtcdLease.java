package io.datastored.etcd.client;

import com.google.common.base.Ticker;
import io.datastored.etcd.client.EtcdCalls.Leader;
import io.datastored.etcd.client.EtcdFaults.Effect;
import io.datastored.etcd.proto.LeaseGrpc;
import io.datastored.etcd.proto.Rpc;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;

/**
 * A lease of etcd ends the keys that are put with it when it is not kept alive. Thread-safe.
 *
 * <p>Its end is etcd's decision, and etcd may end it early. So nothing may be promised for as long
 * as {@link #remaining} says; it is the time after which nobody can count on it.
 */
public final class EtcdLease {

  private final EtcdCalls calls;
  private final Ticker ticker;
  private final long id;
  private final Duration ttl;
  private volatile long endsAt;

  private EtcdLease(EtcdCalls calls, Ticker ticker, Granted granted) {
    this.calls = calls;
    this.ticker = ticker;
    this.id = granted.answer().getID();
    this.ttl = Duration.ofSeconds(granted.answer().getTTL());
    this.endsAt = granted.sentAt() + ttl.toNanos();
  }

  private record Granted(Rpc.LeaseGrantResponse answer, long sentAt) {}

  private record Renewed(Optional<Rpc.LeaseKeepAliveResponse> answer, long sentAt) {}

  static EtcdLease grant(EtcdCalls calls, Ticker ticker, Duration ttl) throws EtcdException {
    Rpc.LeaseGrantRequest request =
        Rpc.LeaseGrantRequest.newBuilder()
            .setTTL(Math.max(1, ttl.plusMillis(999).toSeconds()))
            .build();
    Granted granted =
        calls.make(
            Effect.WRITES,
            Leader.REQUIRED,
            attempt -> {
              long sentAt = ticker.read();
              return new Granted(
                  ClientCalls.blockingUnaryCall(
                      attempt.channel(),
                      LeaseGrpc.getLeaseGrantMethod(),
                      calls.withDeadline(attempt.options()),
                      request),
                  sentAt);
            });
    return new EtcdLease(calls, ticker, granted);
  }

  /** For {@link Op#put(String, com.google.protobuf.ByteString, long)}. */
  public long id() {
    return id;
  }

  /** How long it lives without being kept alive: at least what was asked for. */
  public Duration ttl() {
    return ttl;
  }

  /**
   * The time to live since the sending of its last renewal that was answered; by monotonic time.
   */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, endsAt - ticker.read()));
  }

  /**
   * Renews it, once.
   *
   * @return false if it has ended
   */
  public boolean keepAlive() throws EtcdException {
    Rpc.LeaseKeepAliveRequest request = Rpc.LeaseKeepAliveRequest.newBuilder().setID(id).build();
    Renewed renewed =
        calls.make(
            Effect.REPEATABLE,
            Leader.REQUIRED,
            attempt -> {
              long sentAt = ticker.read();
              // A stream of one request: etcd answers it, and ends the stream.
              Iterator<Rpc.LeaseKeepAliveResponse> answers =
                  ClientCalls.blockingServerStreamingCall(
                      attempt.channel(),
                      LeaseGrpc.getLeaseKeepAliveMethod(),
                      calls.withDeadline(attempt.options()),
                      request);
              Optional<Rpc.LeaseKeepAliveResponse> answer = Optional.empty();
              while (answers.hasNext()) {
                answer = Optional.of(answers.next());
              }
              return new Renewed(answer, sentAt);
            });
    long seconds = renewed.answer().map(Rpc.LeaseKeepAliveResponse::getTTL).orElse(0L);
    if (seconds > 0) {
      endsAt = renewed.sentAt() + Duration.ofSeconds(seconds).toNanos();
    }
    return seconds > 0;
  }

  /** How long etcd will keep it; empty if it has ended. */
  public Optional<Duration> ask() throws EtcdException {
    long seconds =
        calls
            .unary(
                LeaseGrpc.getLeaseTimeToLiveMethod(),
                Rpc.LeaseTimeToLiveRequest.newBuilder().setID(id).build(),
                Effect.REPEATABLE,
                Leader.REQUIRED)
            .getTTL();
    return seconds < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
  }

  /** Ends it, and its keys with it. Repeated like a read: a second time it has ended already. */
  public void revoke() throws EtcdException {
    try {
      calls.unary(
          LeaseGrpc.getLeaseRevokeMethod(),
          Rpc.LeaseRevokeRequest.newBuilder().setID(id).build(),
          Effect.REPEATABLE,
          Leader.REQUIRED);
    } catch (EtcdException e) {
      if (e.kind() != EtcdException.Kind.LEASE_ENDED) {
        throw e;
      }
    }
  }

  @Override
  public String toString() {
    return Long.toHexString(id);
  }
}
