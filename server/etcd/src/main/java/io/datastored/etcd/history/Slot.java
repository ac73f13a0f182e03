package io.datastored.etcd.history;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A slot is what a view knows of one key: what the last commit left there, and what is there now.
 * They differ while an edit by hand is not committed. Immutable.
 *
 * @param accepted what was committed; null: nothing
 * @param present what is there; null: nothing
 * @param modified the revision of the last change that is known
 * @param <T> the value
 */
record Slot<T>(@Nullable T accepted, @Nullable T present, long modified) {

  /** A slot as a commit left it. */
  static <T> Slot<T> committed(T value, long modified) {
    return new Slot<>(value, value, modified);
  }

  /** This slot after an edit by hand. */
  Slot<T> edited(Optional<T> value, long at) {
    return new Slot<>(accepted, value.orElse(null), at);
  }

  /** This slot after a commit that accepted everything until a revision. */
  Slot<T> accepted(long seen) {
    return isClean() || modified > seen ? this : new Slot<>(present, present, modified);
  }

  /** Whether what is there is what was committed. */
  boolean isClean() {
    return accepted == present;
  }

  /** Whether there is nothing to remember. */
  boolean isEmpty() {
    return accepted == null && present == null;
  }

  /** What a transaction must compare the key with. */
  long compared() {
    return present == null ? 0 : modified;
  }
}
