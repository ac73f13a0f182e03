package io.datastored.history.file;

import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/** Invariant 4: the doorbell is raised, never lowered, whoever rings last. */
@JCStressTest
@Outcome(id = "7", expect = Expect.ACCEPTABLE, desc = "the latest generation")
@Outcome(expect = Expect.FORBIDDEN, desc = "lowered")
@State
public class DoorbellStress {

  private static final Incarnation ID = new Incarnation("0123456789abcdef");
  private static final MappedDoorbell PAGE = page();
  private static long base;

  private final long before;

  public DoorbellStress() {
    // One page for all, because making one touches the disk: each round goes on from the last.
    synchronized (DoorbellStress.class) {
      base += 10;
      before = base;
    }
  }

  private static MappedDoorbell page() {
    try {
      Path directory = Files.createTempDirectory("doorbell");
      return MappedDoorbell.create(directory.resolve("page"), ID, ID);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Actor
  public void early() {
    PAGE.raise(new Generation(before + 3));
  }

  @Actor
  public void late() {
    PAGE.raise(new Generation(before + 7));
  }

  @Arbiter
  public void rung(J_Result r) {
    r.r1 = PAGE.read() < before + 7 ? PAGE.read() - before : 7;
  }
}
