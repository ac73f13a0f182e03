package io.datastored.promise;

import java.util.concurrent.CompletableFuture;

/**
 * A confirmation ensures that a server serves everything that was committed before it was asked.
 * Thread-safe; blocks nobody.
 *
 * <p>A client whose session is renewed answers from memory if it has applied the revision of the
 * answer. So that revision must contain every change that was committed before the request was
 * sent, at whichever server: a client of server A sets a mode | server B has not heard of it and
 * renews a session with an older revision | the client of B takes its memory for fresh for another
 * ttl, counted from a moment after the mode.
 */
@FunctionalInterface
public interface Confirmation {

  /** The confirmation of a server that is alone: it has made every commit itself. */
  Confirmation LONE =
      new Confirmation() {
        private final CompletableFuture<Void> done = CompletableFuture.allOf();

        @Override
        public CompletableFuture<Void> confirm() {
          return done;
        }
      };

  /**
   * Asks; to be called after the request was received that needs it.
   *
   * @return done when everything is served that was committed before this call; fails, in bounded
   *     time, if that cannot be ensured. Whoever completes it must not be blocked
   */
  CompletableFuture<Void> confirm();
}
