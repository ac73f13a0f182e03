package io.datastored.client.internal.watch;

import io.datastored.client.internal.cache.View;
import io.datastored.v1.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Revision waits are the callers that wait until a revision is applied. Confined to the loop. */
public final class RevisionWaits {

  private record Wait(Revision wanted, CompletableFuture<Void> waiter) {}

  private final List<Wait> waiting = new ArrayList<>();

  /** Adds a waiter; completes it at once if the view has reached the revision. */
  public void add(Revision wanted, View view, CompletableFuture<Void> waiter) {
    if (view.reaches(wanted)) {
      waiter.complete(null);
    } else {
      waiting.add(new Wait(wanted, waiter));
    }
  }

  /** Completes the waiters whose revision the view has reached. */
  void look(View view) {
    waiting.removeIf(
        wait -> wait.waiter.isDone() || view.reaches(wait.wanted) && wait.waiter.complete(null));
  }
}
