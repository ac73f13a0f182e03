package io.datastored.client.internal.cache;

import io.datastored.client.Operation;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Invariant 13: of a last close and a concurrent mode, exactly one releases the lease. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "given back once")
@Outcome(expect = Expect.FORBIDDEN, desc = "kept for ever, or given back twice")
@State
public class UnwantedLeaseStress {

  private final AtomicInteger givenBack = new AtomicInteger();
  private final SharedLease lease =
      new SharedLease(
          new LeaseGrant("id", new LeaseSlot("main", Operation.WRITE), 1, "", "", 0),
          SessionEpoch.NONE,
          gone -> givenBack.incrementAndGet());

  public UnwantedLeaseStress() {
    boolean unused = lease.enter();
  }

  @Actor
  public void lastClose() {
    lease.exit();
  }

  @Actor
  public void mode() {
    lease.unwant();
  }

  @Arbiter
  public void look(I_Result r) {
    r.r1 = givenBack.get();
  }
}
