package io.datastored.client.internal.session;

import io.datastored.client.internal.cache.NearCache;
import io.datastored.client.internal.cache.SessionEpoch;
import io.datastored.client.internal.transport.Call;
import io.datastored.client.internal.transport.Failure;
import io.datastored.client.internal.transport.ServerChannel;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.SessionServiceGrpc;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Session requests are the two requests of a session, as they are sent: one at a time. Confined to
 * the loop.
 */
final class SessionRequests {

  /**
   * How long one of several servers may take to answer a renewal: longer than their store takes to
   * elect a leader, which is up to 3 s. Until then none of them answers, so leaving is of no use.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final Servers servers;
  private final NearCache cache;
  private final OpenSessionRequest request;
  private @Nullable Call underWay;

  /** An answer receives a message, and the clocks at the sending of its request. */
  @FunctionalInterface
  interface Answer<A> {
    void accept(A answer, long sentAt, long wallAhead);
  }

  /**
   * @param request the request that opens a session, without its id
   */
  SessionRequests(Servers servers, NearCache cache, OpenSessionRequest request) {
    this.servers = servers;
    this.cache = cache;
    this.request = request;
  }

  /**
   * Opens a session, or opens it again at a server where it stands.
   *
   * @param asked the id asked for where no session stands
   * @param before the opening before
   * @param ttl the ttl of the present term
   * @param failures how many attempts have failed
   */
  void open(
      String asked,
      SessionEpoch before,
      Duration ttl,
      int failures,
      Answer<OpenSessionResponse> answered,
      Consumer<Failure> failed) {
    ServerChannel channel = servers.control();
    String id = servers.standing().map(SessionEpoch::sessionId).orElse(asked);
    send(
        channel,
        SessionServiceGrpc.getOpenSessionMethod(),
        request.toBuilder().setSessionId(id).build(),
        openTimeout(channel, before, ttl, failures),
        answered,
        failed);
  }

  private Duration openTimeout(
      ServerChannel channel, SessionEpoch before, Duration ttl, int failures) {
    if (!servers.areSeveral()) {
      return channel.detector().openTimeout(ttl, failures);
    }
    // Another server may answer while this one does not, so it is tried before the opening before
    // ends: until then the wait does not grow, and is not longer than what is left of a term at
    // whose second third the server before was left.
    return before.isLive(cache.clock().now())
        ? shorter(channel.detector().timeout(1), ttl.dividedBy(3))
        : channel.detector().timeout(failures + servers.pauses() + 1);
  }

  /**
   * Renews a session.
   *
   * @param ttl the ttl of the present term
   * @param untilSuspect how long the client stays FRESH without another renewal
   * @param failures how many attempts have failed
   */
  void renew(
      String sessionId,
      Duration ttl,
      Duration untilSuspect,
      int failures,
      Answer<KeepAliveResponse> answered,
      Consumer<Failure> failed) {
    ServerChannel channel = servers.control();
    KeepAliveRequest.Builder message = KeepAliveRequest.newBuilder().setSessionId(sessionId);
    // Read before sending: a revision that is acknowledged here is already in the view.
    cache.view().revision().ifPresent(message::setApplied);
    send(
        channel,
        SessionServiceGrpc.getKeepAliveMethod(),
        message.build(),
        renewTimeout(channel, ttl, untilSuspect, failures),
        answered,
        failed);
  }

  private <Q, A> void send(
      ServerChannel channel,
      MethodDescriptor<Q, A> method,
      Q message,
      Duration timeout,
      Answer<A> answered,
      Consumer<Failure> failed) {
    long wallAhead = cache.clock().wallAhead();
    underWay =
        channel.heartbeat(
            method,
            message,
            timeout,
            (answer, sentAt) -> {
              underWay = null;
              answered.accept(answer, sentAt, wallAhead);
            },
            failure -> {
              underWay = null;
              failed.accept(failure);
            });
  }

  private Duration renewTimeout(
      ServerChannel channel, Duration ttl, Duration untilSuspect, int failures) {
    if (servers.areSeveral()) {
      // It ends before the client is SUSPECT, and then another server is tried: a third of the ttl
      // is left for that. A later one has that third.
      Duration least = shorter(channel.detector().timeout(0), ttl.dividedBy(3));
      Duration most = longer(channel.detector().timeout(0), PATIENCE);
      return shorter(most, longer(untilSuspect, least));
    }
    // Without a connection there is no need to repeat the call sooner: the channel keeps
    // connecting.
    return channel.isConnected()
        ? channel.detector().timeout(failures)
        : channel.detector().openTimeout();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  /** Whether a request is not answered yet. */
  boolean areUnderWay() {
    return underWay != null;
  }

  void cancel() {
    Call.cancel(underWay);
    underWay = null;
  }
}
