package io.datastored.lease;

import java.util.Optional;

/**
 * Session refused is the answer that there is no session. Immutable.
 *
 * @param reason why
 * @param limit the quota that is used up; only of {@code QUOTA_EXCEEDED}
 * @param detail one sentence for people
 */
public record SessionRefused(Reason reason, Optional<Limit> limit, String detail)
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
