package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.DatastoreRuntime;
import io.datastored.engine.snapshot.Runtimes;
import io.datastored.operation.LoneCounter;
import io.datastored.operation.Operation;
import io.datastored.operation.Stripe;
import java.nio.file.Path;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Invariant 9: of a last release and a close that meet, at least one takes the counters away. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "out of sight")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "nobody works, and they stay for ever")
@State
public class LeaveStress {

  private static final DatastoreName NAME = DatastoreName.of("store");
  private static final Path NOWHERE = Path.of("/nonexistent");

  private final LeftCounters counters = new LeftCounters(LoneCounter.claim());
  private final Runtimes runtimes = new Runtimes(counters, SharedBulkheads.ALL);
  private final DatastoreRuntime runtime = runtimes.of(NAME, NOWHERE);
  private final Stripe counted;

  public LeaveStress() {
    counted = LoneRuntime.enter(runtime);
  }

  @Actor
  public void lastRelease() {
    runtime.exit(counted, Operation.READ);
  }

  @Actor
  public void close() {
    runtimes.close();
  }

  @Arbiter
  public void look(Z_Result result) {
    result.r1 = counters.left();
  }
}
