package io.datastored.client.internal.cache;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Invariant 13: a lease is not released under a handle that is counted at the same moment. */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "counted first")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "given back first")
@Outcome(expect = Expect.FORBIDDEN, desc = "a handle without a lease, or neither")
@State
public class LeaseCountStress {

  private final LeaseCount count = new LeaseCount();

  @Actor
  public void lookup(ZZ_Result r) {
    r.r1 = count.enter();
  }

  @Actor
  public void linger(ZZ_Result r) {
    r.r2 = count.close();
  }
}
