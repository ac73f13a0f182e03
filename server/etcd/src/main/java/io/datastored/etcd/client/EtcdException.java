package io.datastored.etcd.client;

import org.jspecify.annotations.Nullable;

/** A call to etcd that failed, with what this means for the caller. */
public final class EtcdException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What a failure means. */
  public enum Kind {
    /** Nothing was done; no member answers now, another one or a later call may. */
    ELSEWHERE,
    /** Nothing was done: etcd does not know the user, or does not permit it this range. */
    AUTHENTICATE,
    /** Nothing was done: the revision is compacted, or does not exist (yet): read anew. */
    COMPACTED,
    /**
     * Etcd has no space (its alarm NOSPACE). A transaction that writes may have been done all the
     * same, but it is over: a linearizable read that begins now shows whether.
     */
    FULL,
    /** Nothing was done: a request, or the answer to a read, is larger than etcd or this takes. */
    TOO_LARGE,
    /** Nothing was done: the lease that a key should be attached to has ended. */
    LEASE_ENDED,
    /**
     * Whether a transaction that writes was done is not known. It may even be done later: that no
     * trace of it is found yet proves nothing.
     */
    OUTCOME_UNKNOWN,
    /** Nothing was done: a mistake in this program, or an etcd that it does not understand. */
    BUG
  }

  private final Kind kind;

  EtcdException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
