package io.datastored.client.internal.session;

import io.datastored.client.ClientState;
import io.datastored.client.internal.transport.Failure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** State waits are the callers that wait until the client is in a state. Confined to the loop. */
public final class StateWaits {

  private final Map<ClientState, List<CompletableFuture<Void>>> waiting =
      new EnumMap<>(ClientState.class);

  public void add(ClientState wanted, CompletableFuture<Void> waiter) {
    List<CompletableFuture<Void>> all = waiting.computeIfAbsent(wanted, state -> new ArrayList<>());
    all.removeIf(CompletableFuture::isDone);
    all.add(waiter);
  }

  /** Fails the callers that wait for FRESH, which cannot be reached. */
  void fail(Failure why) {
    List<CompletableFuture<Void>> all = waiting.remove(ClientState.FRESH);
    if (all != null) {
      all.forEach(waiter -> waiter.completeExceptionally(why.exception()));
    }
  }

  void reached(ClientState state) {
    List<CompletableFuture<Void>> all = waiting.remove(state);
    if (all != null) {
      all.forEach(waiter -> waiter.complete(null));
    }
  }
}
