package io.datastored.lease;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** All interleavings of renewals and ends: as if each had happened in one instant. */
@Tag("long")
public final class TermLincheckTest {

  private static final long DEADLINE = 10;

  private final Term term = new Term(DEADLINE);

  @Operation
  public boolean renewJustBefore() {
    return term.renew(DEADLINE - 1, DEADLINE + 9);
  }

  @Operation
  public boolean renewForLonger() {
    return term.renew(DEADLINE - 2, DEADLINE + 30);
  }

  @Operation
  public boolean expireJustAfter() {
    return term.expire(DEADLINE);
  }

  @Operation
  public boolean giveBack() {
    return term.giveBack();
  }

  @Operation
  public boolean undo() {
    return term.undo(DEADLINE);
  }

  @Operation
  public boolean forget() {
    return term.forget();
  }

  @Operation
  public long force() {
    return term.force(DEADLINE - 1);
  }

  @Operation
  public boolean end() {
    return term.end(DEADLINE - 3);
  }

  @Operation
  public boolean isForced() {
    return term.isForced();
  }

  @Operation
  public boolean isLive() {
    return term.isLive(DEADLINE);
  }

  @Test
  void renewalsAndEnds_inAllInterleavings_meetInOneWord() {
    new ModelCheckingOptions()
        .iterations(10)
        .invocationsPerIteration(500)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(1)
        .check(TermLincheckTest.class);
  }
}
