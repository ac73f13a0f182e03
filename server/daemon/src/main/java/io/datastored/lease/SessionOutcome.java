package io.datastored.lease;

import io.datastored.access.LimitReached;
import io.datastored.history.Revision;
import java.time.Duration;
import java.util.Optional;

/**
 * A session outcome is the answer to a {@link SessionRequest}: {@link SessionOpened}, or {@link
 * SessionRefused}.
 */
public sealed interface SessionOutcome {

  /**
   * Session opened is the answer that the client has a session. Immutable but for the session.
   *
   * @param how how the client obtained it
   * @param session a new session, or the live one of that id
   * @param ttl how long it holds, counted by the client from the sending of its request
   * @param revision what the client must have applied before it may answer from its cache: this
   *     revision or a later one, but none that was read before the session was opened
   */
  record SessionOpened(How how, Session session, Duration ttl, Revision revision)
      implements SessionOutcome {

    /** How a client obtained its session. */
    public enum How {
      /** The session is new. */
      OPENED,
      /** The session was live; it was opened again. */
      RENEWED
    }
  }

  /**
   * Session refused is the answer that the client has no session. Immutable.
   *
   * @param reason the reason
   * @param limit the exhausted quota; only for {@code QUOTA_EXCEEDED}
   * @param detail one sentence for people
   */
  record SessionRefused(Reason reason, Optional<LimitReached> limit, String detail)
      implements SessionOutcome {

    /** Why a session is refused. */
    public enum Reason {
      /** The server has reached its limit of live sessions. */
      QUOTA_EXCEEDED,
      /** Another principal has a session of that id. */
      ID_TAKEN,
      /** The id asked for leaves no place for the life of this server. */
      ID_UNFIT,
      /** The server can promise nothing at the moment. */
      NOT_PROMISED
    }

    static SessionRefused quotaExceeded(LimitReached limit) {
      return new SessionRefused(Reason.QUOTA_EXCEEDED, Optional.of(limit), limit.toString());
    }

    static SessionRefused idTaken() {
      return new SessionRefused(
          Reason.ID_TAKEN,
          Optional.empty(),
          "belongs to a session of another client: choose another id");
    }

    static SessionRefused idUnfit() {
      return new SessionRefused(
          Reason.ID_UNFIT,
          Optional.empty(),
          "must be 1 to %d characters on a server that is one of several"
              .formatted(SessionIds.LONGEST_ASKED));
    }

    static SessionRefused notPromised(String why) {
      return new SessionRefused(
          Reason.NOT_PROMISED, Optional.empty(), why + "; nothing was promised");
    }
  }
}
