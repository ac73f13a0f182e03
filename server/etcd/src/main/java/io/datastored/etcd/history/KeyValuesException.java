package io.datastored.etcd.history;

import io.datastored.file.StoreException;

/** A key values exception is thrown when etcd does not do what was asked. Immutable. */
public final class KeyValuesException extends Exception {

  private static final long serialVersionUID = 1L;

  /** The kinds of failure. */
  public enum Kind {
    /** No member answers, or none can: nothing was changed. */
    UNREACHABLE,
    /** This server may not read or write the keys. */
    REFUSED,
    /** The revision that was asked for is gone. */
    COMPACTED,
    /** The space quota of etcd is used up. */
    FULL,
    /** The request is larger than etcd accepts. */
    TOO_LARGE,
    /** No answer: the transaction may have been done, or may still be done. */
    OUTCOME_UNKNOWN,
    /** Anything else. */
    OTHER
  }

  private final Kind kind;

  /** Creates an exception; the message is shown after what could not be done, and a colon. */
  public KeyValuesException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** The kind of failure. */
  public Kind kind() {
    return kind;
  }

  /**
   * The exception for the caller of a store.
   *
   * @param action what was tried, after "cannot": {@code save}, {@code read}
   */
  public StoreException of(String action, Keys keys) {
    return new StoreException(reason(), "cannot " + action + ' ' + keys + ": " + words());
  }

  private StoreException.Reason reason() {
    return switch (kind) {
      case REFUSED -> StoreException.Reason.PERMISSION;
      case FULL -> StoreException.Reason.DISK_FULL;
      case OUTCOME_UNKNOWN -> StoreException.Reason.OUTCOME_UNKNOWN;
      case UNREACHABLE -> StoreException.Reason.UNREACHABLE;
      case COMPACTED, TOO_LARGE, OTHER -> StoreException.Reason.OTHER;
    };
  }

  private String words() {
    return switch (kind) {
      case FULL ->
          "the space quota of etcd is used up (NOSPACE); compact and defragment etcd, then clear"
              + " the alarm with: etcdctl alarm disarm";
      case TOO_LARGE -> "it is more than etcd accepts in one request; make the change in parts";
      case UNREACHABLE, REFUSED, COMPACTED, OUTCOME_UNKNOWN, OTHER -> String.valueOf(getMessage());
    };
  }
}
