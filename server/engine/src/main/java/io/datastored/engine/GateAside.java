package io.datastored.engine;

import io.datastored.file.StoreException;
import io.datastored.history.Store;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A gate aside lets others have the gate of a {@link Committer} while a store finds out what became
 * of a commit: a lookup that finds the doorbell raised waits for the gate, and the answer may take
 * seconds. Thread-safe; the caller holds the gate.
 */
final class GateAside implements Store.Aside {

  private final ReentrantLock gate;

  /** Written under the gate. */
  private volatile boolean closed;

  GateAside(ReentrantLock gate) {
    this.gate = gate;
  }

  @Override
  public <T> T run(Store.Question<T> question) throws StoreException {
    T answer;
    gate.unlock();
    try {
      answer = question.ask();
    } finally {
      gate.lock();
    }
    if (closed) {
      throw new StoreException(
          StoreException.Reason.OUTCOME_UNKNOWN,
          "the server was stopped before it was known whether the change was committed");
    }
    return answer;
  }

  /** From now on nothing that was found out is published. With the gate held. */
  void close() {
    closed = true;
  }
}
