package io.datastored.operation;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Invariant 8: what is closed was idle on every stripe. */
@JCStressTest
@Outcome(id = "true, false, true", expect = Expect.ACCEPTABLE, desc = "two operations")
@Outcome(id = "false, true, false", expect = Expect.ACCEPTABLE, desc = "closed first")
@Outcome(
    id = "false, false, true",
    expect = Expect.ACCEPTABLE,
    desc = "refused for a moment, as somebody tried to close")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "closed under an operation, or open and refused for good")
@State
public class StripesCloseStress {

  private final Counter counter = LoneCounter.claim();

  public StripesCloseStress() {
    counter.open();
  }

  @Actor
  public void reader(ZZZ_Result r) {
    r.r1 = counter.stripe(0).enter(Operation.READ);
    r.r3 = counter.stripe(1).enter(Operation.WRITE);
  }

  @Actor
  public void sweeper(ZZZ_Result r) {
    r.r2 = counter.closeIfIdle();
  }
}
