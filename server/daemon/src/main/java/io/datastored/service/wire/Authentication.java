package io.datastored.service.wire;

import com.google.rpc.Code;
import io.datastored.history.Revision;
import io.datastored.v1.ErrorReason;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An authentication refuses calls of clients whose certificate is no identity, or no longer.
 * Thread-safe. Clients without a certificate pass: they are anonymous or known otherwise.
 *
 * <p>When a certificate expires, open streams end. A unary call that has begun is answered: it ends
 * by itself within seconds, and a client that does not get the answer cannot know whether a lease
 * was granted.
 */
public final class Authentication implements ServerInterceptor {
  private final Supplier<Revision> newest;
  private final InstantSource clock;
  private final StandingCalls streams = new StandingCalls();

  /**
   * @param newest the newest revision, which refusals report
   * @param clock the time of day, by which certificates expire
   */
  public Authentication(Supplier<Revision> newest, InstantSource clock) {
    this.newest = newest;
    this.clock = clock;
  }

  /** Reads the certificate of each connection that has one. */
  public static ServerTransportFilter onConnections(TrustDomains domains) {
    return ClientCertificate.onConnections(domains);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Optional<ClientCertificate> certificate = ClientCertificate.of(call.getAttributes());
    if (certificate.isEmpty()) {
      return next.startCall(call, headers);
    }
    Optional<Refusal> refusal = refusal(certificate.get());
    if (refusal.isPresent()) {
      call.close(refusal.get().getStatus(), UncaughtExceptions.trailers(refusal.get()));
      return new ServerCall.Listener<>() {};
    }
    return call.getMethodDescriptor().getType().serverSendsOneMessage()
        ? next.startCall(call, headers)
        : streams.interceptCall(call, headers, next);
  }

  /** Ends the streams of clients whose certificate has expired. Call it about once a second. */
  public void endExpired() {
    streams.end(call -> ClientCertificate.of(call.getAttributes()).flatMap(this::refusal));
  }

  private Optional<Refusal> refusal(ClientCertificate certificate) {
    return certificate.refusal(clock.instant()).map(this::unauthenticated);
  }

  private Refusal unauthenticated(String detail) {
    return RefusalRow.of(
            Code.UNAUTHENTICATED,
            detail,
            RefusalRow.info(ErrorReason.ERROR_REASON_UNAUTHENTICATED, newest.get())
                .putMetadata("detail", detail))
        .refusal();
  }
}
