package io.datastored.etcd.client;

import io.datastored.etcd.client.EtcdChannels.Member;
import io.datastored.etcd.client.EtcdException.Kind;
import io.datastored.etcd.client.EtcdFaults.Effect;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The one loop that makes a call, and makes it again: at the next member if nothing was done, once
 * at the same one with a new token. Each member is asked once, so a call takes at most the request
 * timeout times their number. Thread-safe.
 *
 * <p>A call that writes and has been on the wire is never made again, except where etcd says that
 * it refused it: then its outcome is unknown (<a
 * href="https://github.com/etcd-io/etcd/issues/14890">etcd 14890</a>).
 */
final class EtcdCalls {

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

  private final EtcdChannels channels;
  private final EtcdTokens tokens;
  private final Duration timeout;

  EtcdCalls(EtcdChannels channels, EtcdTokens tokens, Duration timeout) {
    this.channels = channels;
    this.tokens = tokens;
    this.timeout = timeout;
  }

  /** Whether a member answers that has no leader. With REQUIRED it says so at once. */
  enum Leader {
    REQUIRED,
    UNNEEDED
  }

  /**
   * One attempt. Immutable.
   *
   * @param channel with the metadata of this attempt
   * @param options without a deadline
   */
  record Attempt(Member member, String token, Channel channel, CallOptions options) {}

  /** Makes a call. */
  @FunctionalInterface
  interface Call<A> {

    /**
     * Makes it once.
     *
     * @throws StatusRuntimeException as gRPC does; what it means is looked up in the table
     * @throws EtcdException if that is known already
     */
    A make(Attempt attempt) throws EtcdException;
  }

  Duration timeout() {
    return timeout;
  }

  <Q, A> A unary(MethodDescriptor<Q, A> method, Q request, Effect effect, Leader leader)
      throws EtcdException {
    return make(
        effect,
        leader,
        attempt ->
            ClientCalls.blockingUnaryCall(
                attempt.channel(), method, withDeadline(attempt.options()), request));
  }

  CallOptions withDeadline(CallOptions options) {
    return options.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  <A> A make(Effect effect, Leader leader, Call<A> call) throws EtcdException {
    boolean renewed = false;
    int asked = 0;
    while (true) {
      Member member = channels.current();
      Wire wire = new Wire();
      String token = EtcdTokens.NONE;
      EtcdException failure;
      try {
        token = tokens.at(member);
        CallOptions options = CallOptions.DEFAULT.withStreamTracerFactory(wire);
        return call.make(new Attempt(member, token, channel(member, token, leader), options));
      } catch (StatusRuntimeException e) {
        boolean notSent = effect == Effect.WRITES && !wire.used;
        failure = failure(member, e.getStatus(), notSent ? Effect.NOT_SENT : effect, e);
      } catch (EtcdException e) {
        failure = e;
      }
      boolean better = failed(member, token, failure.kind());
      boolean again =
          switch (failure.kind()) {
            case ELSEWHERE -> ++asked < channels.size() && !Thread.currentThread().isInterrupted();
            case AUTHENTICATE -> better && !renewed;
            case COMPACTED, FULL, TOO_LARGE, LEASE_ENDED, OUTCOME_UNKNOWN, BUG -> false;
          };
      if (!again) {
        throw failure;
      }
      renewed |= failure.kind() == Kind.AUTHENTICATE;
    }
  }

  /**
   * Draws the consequences for the next calls.
   *
   * @return whether a call with another token may be better
   */
  boolean failed(Member member, String token, Kind kind) {
    if (kind == Kind.AUTHENTICATE) {
      return tokens.refused(token);
    }
    if (kind == Kind.ELSEWHERE || kind == Kind.OUTCOME_UNKNOWN) {
      channels.leave(member);
    }
    return false;
  }

  static EtcdException failure(Member member, Status status, Effect effect, Throwable cause) {
    String text =
        Optional.ofNullable(status.getDescription()).orElse("no description") + cause(status);
    return new EtcdException(
        EtcdFaults.kindOf(status, effect),
        "etcd " + member.endpoint() + ": " + status.getCode() + ": " + text,
        cause);
  }

  private static String cause(Status status) {
    Throwable cause = status.getCause();
    return cause == null ? "" : " (" + cause.getMessage() + ")";
  }

  private static Channel channel(Member member, String token, Leader leader) {
    Metadata headers = new Metadata();
    if (!token.isEmpty()) {
      headers.put(TOKEN, token);
    }
    if (leader == Leader.REQUIRED) {
      headers.put(LEADER, "true");
    }
    return ClientInterceptors.intercept(
        member.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** Notes whether a call got as far as a connection: before that, nobody can have done it. */
  private static final class Wire extends ClientStreamTracer.Factory {

    private volatile boolean used;

    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void streamCreated(Attributes transport, Metadata headers) {
          used = true;
        }
      };
    }
  }
}
