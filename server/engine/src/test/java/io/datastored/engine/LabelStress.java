package io.datastored.engine;

import io.datastored.config.DatastoreName;
import io.datastored.operation.Operation;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * Invariant 5: a snapshot carries the generation of its own content, also when another process
 * commits while this one looks up.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "before")
@Outcome(id = "2, 2", expect = Expect.ACCEPTABLE, desc = "after")
@Outcome(expect = Expect.FORBIDDEN, desc = "content under a label that is not its own")
@State
public class LabelStress {

  private static final DatastoreName MAIN = DatastoreName.of("main");

  private final EngineFixture fixture =
      EngineFixture.with("datastore: main\n\tcomment 1\n\tpath /srv/main\n");

  @Actor
  public void committer() {
    fixture.commitElsewhere(MAIN, "2");
  }

  @Actor
  public void lookup(JJ_Result r) {
    try (Handle handle = fixture.engine().lookup(MAIN, Operation.READ).handle()) {
      r.r1 = handle.revision().generation().value();
      r.r2 = Long.parseLong(handle.datastore().settings().comment().orElse("0"));
    }
  }
}
