package io.datastored.client.internal.cache;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * All interleavings: the count and CLOSED share one word, so no handle is counted on a closed
 * lease.
 */
@Tag("long")
public final class LeaseCountLincheckTest {

  private final LeaseCount count = new LeaseCount();

  @Operation
  public boolean enter() {
    return count.enter();
  }

  @Operation
  public boolean close() {
    return count.close();
  }

  @Operation
  public boolean isClosed() {
    return count.isClosed();
  }

  @Test
  void handlesAndGivingBack_inAllInterleavings_meetInOneWord() {
    new ModelCheckingOptions()
        .iterations(10)
        .invocationsPerIteration(500)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(1)
        .check(LeaseCountLincheckTest.class);
  }
}
