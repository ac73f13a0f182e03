package io.datastored.client;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Counters count what a client has done. Thread-safe. */
final class Counters {
  final LongAdder localHits = new LongAdder();
  final LongAdder localRefusals = new LongAdder();
  final LongAdder serverCalls = new LongAdder();
  final LongAdder watchesOpened = new LongAdder();
  final LongAdder sessionsOpened = new LongAdder();
  final LongAdder snapshots = new LongAdder();
  final LongAdder frames = new LongAdder();
  final LongAdder framesDropped = new LongAdder();
  final LongAdder generations = new LongAdder();
  final LongAdder reclaimed = new LongAdder();
  final LongAdder leasesLost = new LongAdder();
  final LongAdder strays = new LongAdder();
  final LongAdder listenerErrors = new LongAdder();

  ClientStats stats(
      ClientState state,
      Optional<String> sessionId,
      View view,
      LeaseNumbers held,
      int callbacksWaiting) {
    return new ClientStats(
        state,
        sessionId,
        view.revision(),
        view.size(),
        held.leases(),
        held.handles(),
        held.releasing(),
        localHits.sum(),
        localRefusals.sum(),
        serverCalls.sum(),
        watchesOpened.sum(),
        sessionsOpened.sum(),
        snapshots.sum(),
        frames.sum(),
        framesDropped.sum(),
        generations.sum(),
        reclaimed.sum(),
        leasesLost.sum(),
        strays.sum(),
        listenerErrors.sum(),
        callbacksWaiting);
  }
}
