package io.datastored.client.internal.cache;

import io.datastored.client.Operation;
import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Invariant 13: a lookup counts and then reads the mode, a frame publishes the mode and then
 * releases idle leases; a granted lookup keeps its lease from being released.
 */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.FORBIDDEN, desc = "granted, and the lease given back")
@Outcome(expect = Expect.ACCEPTABLE)
@State
public class ModeAndLookupStress {

  private final AtomicBoolean givenBack = new AtomicBoolean();
  private final SharedLease lease =
      new SharedLease(
          new LeaseGrant("id", new LeaseSlot("main", Operation.WRITE), 1, "", "", 0),
          SessionEpoch.NONE,
          gone -> givenBack.set(true));
  private volatile boolean refused;

  @Actor
  public void lookup(ZZ_Result r) {
    r.r1 = lease.enter() && !refused;
  }

  @Actor
  public void frame(ZZ_Result r) {
    refused = true;
    lease.unwant();
    r.r2 = givenBack.get();
  }
}
