package io.datastored.lease;

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
   * @param session new, or the live one of that id
   * @param ttl how long it holds; the client counts from sending its request
   * @param revision what the client must have applied before it may answer from its cache: this
   *     one, or a later one, but none that was read before the session was opened
   */
  record SessionOpened(Session session, Duration ttl, Revision revision)
      implements SessionOutcome {}

  /**
   * Session refused is the answer that there is no session. Immutable.
   *
   * @param reason why
   * @param limit the quota that is used up; only of {@code QUOTA_EXCEEDED}
   * @param detail one sentence for people
   */
  record SessionRefused(Reason reason, Optional<Limit> limit, String detail)
      implements SessionOutcome {

    /** Why a session is refused. */
    public enum Reason {
      /** The server has as many live sessions as it may. */
      QUOTA_EXCEEDED,
      /** Somebody else has a session of that id. */
      ID_TAKEN,
      /** Nothing may be promised at the moment. */
      NOT_PROMISED
    }

    static SessionRefused quotaExceeded(Limit limit) {
      return new SessionRefused(
          Reason.QUOTA_EXCEEDED,
          Optional.of(limit),
          "the server has " + limit.value() + " live sessions, its limit");
    }

    static SessionRefused idTaken() {
      return new SessionRefused(
          Reason.ID_TAKEN,
          Optional.empty(),
          "belongs to a session of another client: choose another id");
    }

    static SessionRefused notPromised(String why) {
      return new SessionRefused(
          Reason.NOT_PROMISED, Optional.empty(), why + "; nothing was promised");
    }
  }
}
