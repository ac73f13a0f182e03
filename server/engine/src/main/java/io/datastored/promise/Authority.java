package io.datastored.promise;

import java.util.Optional;

/**
 * An authority decides whether a server may make promises at this moment. Thread-safe, and cheap:
 * it is checked before each promise.
 *
 * <p>A life ends when other servers have stopped waiting for this one. The authority ends first,
 * then everything that was promised in that life is dropped, and only then may the next life begin.
 * Whoever makes a promise registers it, and then checks that the life is still the same. So at
 * least one of the two sees the other. If the life were checked only before, a server could be
 * stopped between the check and the registration; what it registers when it goes on would be valid
 * in the next life, after a drain has completed without it.
 */
@FunctionalInterface
public interface Authority {

  /** The authority of a server that is alone on its state directory, as its kernel lock ensures. */
  Authority LONE =
      new Authority() {
        private final Optional<LifeId> life = Optional.of(LifeId.LONE);

        @Override
        public Optional<LifeId> life() {
          return life;
        }
      };

  /** The life in which this server may promise anything at this moment; empty if it may not. */
  Optional<LifeId> life();

  /**
   * Whether this server may promise anything at this moment. Call it after an operation was
   * counted. If it were called before, the authority could end in between, other servers could stop
   * waiting for this one and find nothing in progress, and only then would the operation start.
   */
  default boolean holds() {
    return life().isPresent();
  }
}
