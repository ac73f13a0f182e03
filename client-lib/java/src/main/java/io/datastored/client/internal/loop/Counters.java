package io.datastored.client.internal.loop;

import java.util.concurrent.atomic.LongAdder;

/** Counters are the statistics of a client since its creation. Thread-safe. */
public final class Counters {
  public final LongAdder localHits = new LongAdder();
  public final LongAdder localRefusals = new LongAdder();
  public final LongAdder serverCalls = new LongAdder();
  public final LongAdder watchesOpened = new LongAdder();
  public final LongAdder sessionsOpened = new LongAdder();
  public final LongAdder snapshots = new LongAdder();
  public final LongAdder frames = new LongAdder();
  public final LongAdder framesDropped = new LongAdder();
  public final LongAdder generations = new LongAdder();
  public final LongAdder reclaimed = new LongAdder();
  public final LongAdder leasesLost = new LongAdder();
  public final LongAdder strays = new LongAdder();
  public final LongAdder listenerErrors = new LongAdder();
}
