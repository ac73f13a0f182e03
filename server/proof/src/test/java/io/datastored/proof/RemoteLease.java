package io.datastored.proof;

import io.datastored.proof.history.HistoryFile;
import io.datastored.proof.history.Kind;
import io.datastored.v1.Lease;

/**
 * A remote lease is what a holder knows of an operation that it may go on with. Thread-safe: under
 * its own lock; the worker asks, the thread that keeps the session alive tells.
 */
final class RemoteLease {

  private final HistoryFile history;
  private final String id;
  private final String datastore;
  private final String operation;
  private final long token;
  private final String continuation;
  private long until;
  private int epoch;
  private boolean lost;

  /** The use that lives by it, which has its id unless a cache made it. */
  private String use;

  RemoteLease(
      HistoryFile history,
      String id,
      String datastore,
      String operation,
      Lease granted,
      int epoch) {
    this.history = history;
    this.id = id;
    this.datastore = datastore;
    this.operation = operation;
    this.token = granted.getFencingToken();
    this.continuation = granted.getContinuation();
    this.epoch = epoch;
    this.use = "";
  }

  String id() {
    return id;
  }

  String datastore() {
    return datastore;
  }

  String operation() {
    return operation;
  }

  long token() {
    return token;
  }

  String continuation() {
    return continuation;
  }

  /** The start of the server that last granted or confirmed it. */
  synchronized int epoch() {
    return epoch;
  }

  synchronized boolean isLost() {
    return lost;
  }

  synchronized boolean isGoodAt(long now) {
    return !lost && now < until;
  }

  /** Promised until then by the given start of the server; nothing is ever promised back. */
  synchronized void promise(long untilThen, int by) {
    epoch = by;
    if (!lost && untilThen > until) {
      // Written down before it is made use of, so that no use comes before its promise.
      if (!use.isEmpty()) {
        history.add(Kind.UNTIL, "id", use, "until", untilThen);
      }
      until = untilThen;
    }
  }

  /** Begins a use, and writes down that it is granted; false when there is no time left for one. */
  synchronized boolean begin(String asUse, Object... more) {
    long now = System.nanoTime();
    if (!isGoodAt(now)) {
      return false;
    }
    Object[] fields = new Object[4 + more.length];
    fields[0] = "id";
    fields[1] = asUse;
    fields[2] = "until";
    fields[3] = until;
    System.arraycopy(more, 0, fields, 4, more.length);
    history.add(now, Kind.GRANTED, fields);
    use = asUse;
    return true;
  }

  /** Looks at the clock, then uses; false, and never again true, when it is over. */
  synchronized boolean isUsed() {
    long now = System.nanoTime();
    if (lost) {
      return false;
    }
    if (now >= until) {
      lose("clock");
      return false;
    }
    history.add(now, Kind.USE, "id", use);
    return true;
  }

  /** The use ends here; nothing is used any more. */
  synchronized void endUse() {
    if (!use.isEmpty() && !lost) {
      history.add(Kind.RELEASE_BEGIN, "id", use);
    }
    use = "";
  }

  /** It is over, whatever was promised. */
  synchronized void lose(String cause) {
    if (!lost) {
      lost = true;
      if (!use.isEmpty()) {
        history.add(Kind.LOST, "id", use, "cause", cause);
      }
    }
  }
}
