package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import io.datastored.history.Generation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Replicas are the servers that share a history, as this one knows them. Thread-safe; everything is
 * from memory, and blocks nobody.
 */
public interface Replicas {

  /** The replicas of a server that is alone: none. */
  Replicas NONE =
      new Replicas() {
        private final CompletableFuture<Void> done = CompletableFuture.allOf();

        @Override
        public Optional<Me> me() {
          return Optional.empty();
        }

        @Override
        public ImmutableList<Replica> all() {
          return ImmutableList.of();
        }

        @Override
        public Optional<Duration> unconfirmed() {
          return Optional.empty();
        }

        @Override
        public Optional<ReplicaFigures> figures() {
          return Optional.empty();
        }

        @Override
        public CompletableFuture<Void> applied(Generation generation) {
          return done;
        }
      };

  /**
   * This server. Immutable.
   *
   * @param name for people
   * @param life the life that it is in; empty between two
   */
  record Me(String name, Optional<LifeId> life) {}

  /** This server; empty if it is alone. */
  Optional<Me> me();

  /** The name of this server; empty if it is alone. */
  default String name() {
    return me().map(Me::name).orElse("");
  }

  /** All of them, this server included, by name; also those that are gone and are waited for. */
  ImmutableList<Replica> all();

  /**
   * For how long this server has not confirmed that what it serves is what the others have; empty
   * while it may promise something. Cheap: it is checked for each answer without a promise.
   */
  Optional<Duration> unconfirmed();

  /** What this server measures and counts; empty if it is alone. */
  Optional<ReplicaFigures> figures();

  /**
   * Waits for the acknowledgements of a generation.
   *
   * @return done when all replicas that are there have acknowledged to serve it. It has no end of
   *     its own: complete it when nobody waits any more. Whoever completes it must not be blocked
   */
  CompletableFuture<Void> applied(Generation generation);
}
