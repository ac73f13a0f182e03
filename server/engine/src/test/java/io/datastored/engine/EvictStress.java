package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.engine.snapshot.DatastoreRuntime;
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

/** Invariant 8: of a last release and a sweep that meet, at least one closes the runtime. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "closed")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "idle, evicting and open for ever")
@State
public class EvictStress {

  private static final DatastoreName NAME = DatastoreName.of("store");
  private static final Path NOWHERE = Path.of("/nonexistent");

  private final DatastoreRuntime runtime =
      new DatastoreRuntime(NAME, NOWHERE, (name, path) -> LoneCounter.claim(), new CallersThread());
  private final Stripe counted;

  public EvictStress() {
    counted = LoneRuntime.enter(runtime);
  }

  @Actor
  public void lastRelease() {
    runtime.exit(counted, Operation.READ);
  }

  @Actor
  public void modeChange() {
    runtime.evict(true);
  }

  @Arbiter
  public void closed(Z_Result r) {
    r.r1 = runtime.closed();
  }
}
