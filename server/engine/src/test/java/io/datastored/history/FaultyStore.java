package io.datastored.history;

import io.datastored.file.StoreException;

/**
 * A faulty store fails each commit of another one in every way that {@link Store} permits before it
 * succeeds. Confined to one thread.
 */
public final class FaultyStore extends ForwardingStore {

  private enum Fault {
    NOT_DONE,
    UNKNOWN_AND_NOT_DONE,
    OVERTAKEN,
    NONE,
    UNKNOWN_AND_DONE
  }

  private int next;

  public FaultyStore(Store delegate) {
    super(delegate);
  }

  private static StoreException unknown() {
    return new StoreException(StoreException.Reason.OUTCOME_UNKNOWN, "it may have been written");
  }

  @Override
  public Outcome commit(Seen on, Draft draft) throws StoreException {
    switch (Fault.values()[next++ % Fault.values().length]) {
      case NOT_DONE:
        throw new StoreException(StoreException.Reason.DISK_FULL, "no space is left");
      case UNKNOWN_AND_NOT_DONE:
        throw unknown();
      case OVERTAKEN:
        return Outcome.OVERTAKEN;
      case UNKNOWN_AND_DONE:
        if (super.commit(on, draft) == Outcome.COMMITTED) {
          throw unknown();
        }
        return commit(on, draft);
      case NONE:
        return super.commit(on, draft);
    }
    throw new AssertionError();
  }
}
