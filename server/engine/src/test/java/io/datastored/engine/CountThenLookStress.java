package io.datastored.engine;

import io.datastored.history.Doorbell;
import io.datastored.history.Generation;
import io.datastored.history.LocalDoorbell;
import io.datastored.operation.Counter;
import io.datastored.operation.LoneCounter;
import io.datastored.operation.Operation;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Invariant 2: a lookup counts and then looks at the doorbell again, a mode change rings and then
 * reads the counters; of the two at least one sees the other.
 */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.FORBIDDEN, desc = "granted and drained")
@Outcome(expect = Expect.ACCEPTABLE)
@State
public class CountThenLookStress {

  private final Counter counter = LoneCounter.claim();
  private final Doorbell doorbell = new LocalDoorbell();

  public CountThenLookStress() {
    counter.open();
  }

  @Actor
  public void lookup(ZZ_Result r) {
    boolean counted = counter.enter(Operation.WRITE) != null;
    r.r1 = counted && doorbell.read() == 0;
  }

  @Actor
  public void drain(ZZ_Result r) {
    doorbell.raise(Generation.FIRST);
    r.r2 = counter.counts().none();
  }
}
