package io.datastored.client.internal.cache;

import io.datastored.client.ClientOptions;
import io.datastored.client.Handle;
import io.datastored.client.LookupOptions;
import io.datastored.client.Operation;
import io.datastored.client.internal.loop.ClientClock;
import io.datastored.client.internal.loop.Counters;
import io.datastored.v1.Datastore;
import io.datastored.v1.Revision;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/**
 * Invariant 12: the loop publishes a view and then the term that vouches for it, a lookup reads the
 * term and then the view; no lookup is answered from a view before an outage under a term after it.
 */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "asks the server")
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "answered from the new view")
@Outcome(expect = Expect.FORBIDDEN, desc = "answered from a view that nobody vouches for")
@State
public class TermAndViewStress {

  private static final long TTL = Duration.ofHours(1).toNanos();
  private static final ClientOptions OPTIONS = ClientOptions.builder("nowhere").build();
  private static final ClientClock CLOCK = new ClientClock(OPTIONS.sources());
  private static final Counters COUNTERS = new Counters();
  private static final SessionEpoch OPENING =
      new SessionEpoch("server", "session", 1, CLOCK.now() + TTL);
  private static final View BEFORE = view(1);
  private static final View AFTER = view(2);
  private static final Term OUTAGE = term(Term.Freshness.SYNCING);
  private static final Term FRESH = term(Term.Freshness.CAUGHT_UP);

  private final NearCache cache = new NearCache(CLOCK, OPTIONS, COUNTERS, () -> {});

  public TermAndViewStress() {
    cache.show(BEFORE);
    cache.show(OUTAGE);
  }

  @Actor
  public void lookup(J_Result r) {
    Handle handle = cache.lookup("main", Operation.LOOKUP, LookupOptions.DEFAULT);
    r.r1 = handle == null ? 0 : handle.revision().getGeneration();
  }

  @Actor
  public void loop() {
    cache.show(AFTER);
    cache.show(FRESH);
  }

  private static View view(long generation) {
    Datastore main = Datastore.newBuilder().setName("main").setGeneration(generation).build();
    var cached =
        new CachedDatastore(
            main,
            new LeaseSlot("main", Operation.READ),
            new LeaseSlot("main", Operation.WRITE),
            null);
    Revision revision =
        Revision.newBuilder().setIncarnation("history").setGeneration(generation).build();
    return new View(new HashMap<>(Map.of("main", cached)), revision);
  }

  private static Term term(Term.Freshness standing) {
    long now = CLOCK.now();
    return new Term(OPENING, TTL, now + TTL, standing, now, CLOCK.wallAhead());
  }
}
