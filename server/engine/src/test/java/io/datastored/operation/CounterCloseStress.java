package io.datastored.operation;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Invariant 8: no operation is counted on a counter that is closed at the same moment. */
@JCStressTest
@Outcome(id = "true, false, true", expect = Expect.ACCEPTABLE, desc = "two operations")
@Outcome(id = "false, true, false", expect = Expect.ACCEPTABLE, desc = "closed first")
@Outcome(expect = Expect.FORBIDDEN, desc = "closed under an operation, or one of two missed")
@State
public class CounterCloseStress {

  private final Counter counter = LoneCounter.claim();

  public CounterCloseStress() {
    counter.open();
  }

  @Actor
  public void reader(ZZZ_Result r) {
    r.r1 = counter.enter(Operation.READ) != null;
    r.r3 = counter.enter(Operation.WRITE) != null;
  }

  @Actor
  public void sweeper(ZZZ_Result r) {
    r.r2 = counter.closeIfIdle();
  }
}
