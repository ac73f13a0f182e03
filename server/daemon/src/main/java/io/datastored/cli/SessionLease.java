package io.datastored.cli;

import com.google.common.collect.Comparators;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.ReleaseRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;

/**
 * A session lease is one lease under a session of its own, kept for as long as its holder wants it
 * and taken up again with a server that was restarted. Confined to the command's thread.
 */
final class SessionLease {

  private final Connection connection;
  private final WaitingClock clock;
  private final OpenSessionRequest session;
  private final LookupRequest ask;

  /** When the last request that was answered with a promise was sent, and for how long it is. */
  private long promisedAt;

  private Duration ttl = Duration.ZERO;
  private LookupRequest continuation;

  /** The session lives, but the server may not count the lease: it must be asked for again. */
  private boolean mustReclaim;

  /**
   * @param session with an id chosen by the client
   * @param ask for READ or WRITE, with that session and a lease id chosen by the client
   */
  SessionLease(
      Connection connection, WaitingClock clock, OpenSessionRequest session, LookupRequest ask) {
    this.connection = connection;
    this.clock = clock;
    this.session = session;
    this.ask = ask;
    this.continuation = ask;
  }

  /**
   * Opens the session and takes the lease.
   *
   * @throws StatusRuntimeException if the server refuses or is not there
   */
  LookupResponse begin() {
    long sending = clock.nanoTime();
    OpenSessionResponse opened = connection.sessions().openSession(session);
    try {
      LookupResponse granted = connection.datastores().lookup(ask);
      promise(sending, opened.getTtl());
      continuation =
          ask.toBuilder().setHeldFencingToken(granted.getLease().getFencingToken()).build();
      return granted;
    } catch (StatusRuntimeException refused) {
      end(); // Its answer may be lost, and then the server counts a lease.
      throw refused;
    }
  }

  /** How long the lease lasts if nobody answers any more. */
  Duration left() {
    return ttl.minus(clock.since(promisedAt));
  }

  Duration ttl() {
    return ttl;
  }

  /** A third of the ttl after the last promise; at once when the lease must be reclaimed. */
  Duration untilRenewal() {
    return mustReclaim ? Duration.ZERO : ttl.dividedBy(3).minus(clock.since(promisedAt));
  }

  /** One attempt to renew, of no use after {@code limit}. */
  Renewal renew(Duration limit) {
    try {
      return mustReclaim ? reopen(limit) : keepAlive(limit);
    } catch (StatusRuntimeException failed) {
      ServerError error = ServerError.of(failed);
      // A session that is not known is opened again at once, by the next attempt.
      mustReclaim |= isUnknownSession(error);
      boolean open = isUnknownSession(error) || error.isTransient() || error.isOfTheTransport();
      return new Renewal(
          open ? Renewal.Kind.UNANSWERED : Renewal.Kind.ENDED,
          isUnknownSession(error)
              ? "The server no longer knows the session."
              : new ErrorMessage(connection.server(), error).sentence());
    }
  }

  private Renewal keepAlive(Duration limit) {
    long sending = clock.nanoTime();
    KeepAliveResponse answer =
        connection
            .sessionsWithin(limit)
            .keepAlive(KeepAliveRequest.newBuilder().setSessionId(session.getSessionId()).build());
    if (answer.getEndedLeaseIdsList().contains(ask.getLeaseId())) {
      return new Renewal(Renewal.Kind.ENDED, "The server revoked the lease.");
    }
    if (answer.getLeases() == 0) {
      mustReclaim = true;
      return new Renewal(
          Renewal.Kind.UNANSWERED, "The server knows the session but not the lease.");
    }
    promise(sending, answer.getTtl());
    return new Renewal(Renewal.Kind.HELD, "");
  }

  /**
   * The one path after a restart: the same session, then the lease that is still held. The promise
   * is a new one only when both have been answered. A server that knows the session again and not
   * the lease would let a drain end, while the old promise is what the server before it keeps.
   */
  private Renewal reopen(Duration limit) {
    long sending = clock.nanoTime();
    OpenSessionResponse opened = connection.sessionsWithin(limit).openSession(session);
    Duration rest = Comparators.max(limit.minus(clock.since(sending)), Duration.ofMillis(1));
    connection.datastoresWithin(rest).lookup(continuation);
    mustReclaim = false;
    promise(sending, opened.getTtl());
    return new Renewal(Renewal.Kind.RECLAIMED, "");
  }

  private static boolean isUnknownSession(ServerError error) {
    return error.reason().equals(Optional.of(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND));
  }

  /** The ttl counts from the sending, so the holder always stops first. */
  private void promise(long sending, com.google.protobuf.Duration granted) {
    promisedAt = sending;
    ttl = HumanFormat.of(granted);
  }

  /**
   * Gives the lease back and closes the session; whether the server has heard it. A lease that was
   * ended by force is counted until it is given back.
   */
  boolean end() {
    try {
      connection
          .datastores()
          .release(ReleaseRequest.newBuilder().setLeaseId(ask.getLeaseId()).build());
      connection
          .sessions()
          .closeSession(
              CloseSessionRequest.newBuilder().setSessionId(session.getSessionId()).build());
      return true;
    } catch (StatusRuntimeException failed) {
      return false;
    }
  }
}
