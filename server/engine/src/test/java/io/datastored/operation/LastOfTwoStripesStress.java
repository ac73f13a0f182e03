package io.datastored.operation;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Invariant 8: of two last releases on two stripes that meet, at least one closes the counter. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "closed")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "idle and open for ever")
@State
public class LastOfTwoStripesStress {

  private final Counter counter = LoneCounter.claim();

  public LastOfTwoStripesStress() {
    counter.open();
    boolean unused = counter.stripe(0).enter(Operation.READ);
    unused = counter.stripe(1).enter(Operation.WRITE);
  }

  @Actor
  public void one() {
    if (counter.stripe(0).exit(Operation.READ)) {
      boolean unused = counter.closeIfIdle();
    }
  }

  @Actor
  public void other() {
    if (counter.stripe(1).exit(Operation.WRITE)) {
      boolean unused = counter.closeIfIdle();
    }
  }

  @Arbiter
  public void look(Z_Result r) {
    r.r1 = counter.closed();
  }
}
