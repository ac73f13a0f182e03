package io.datastored.client;

import java.util.concurrent.atomic.LongAdder;

/** Counters are the statistics of a client since its creation. Thread-safe. */
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
}
