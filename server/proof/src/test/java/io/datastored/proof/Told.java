package io.datastored.proof;

import io.datastored.v1.Revision;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What was told is the highest revision that any thread of this process was answered with: who asks
 * for an answer that is at least as new, at whatever server, must not get an older one than anybody
 * had. Thread-safe.
 *
 * <p>It is raised before an answer is written down, and read after a question is: then each answer
 * that stands before a question in the history is in what the question asks for.
 */
final class Told {

  private final AtomicReference<Revision> highest;

  Told(Revision first) {
    this.highest = new AtomicReference<>(first);
  }

  Revision highest() {
    return highest.get();
  }

  void raise(Revision revision) {
    raise(revision.getGeneration());
  }

  /** The same of the only history that there is. */
  void raise(long generation) {
    Revision unused =
        highest.updateAndGet(
            was ->
                was.getGeneration() >= generation
                    ? was
                    : was.toBuilder().setGeneration(generation).build());
  }
}
