package io.datastored.operation;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Invariant 8: READ, WRITE and CLOSED share one word, so every call on a stripe is one step: what
 * is entered was open, what is closed was idle.
 *
 * <p>Lincheck's model checker knows no VarHandle of a byte buffer, so this is its stress mode.
 */
@Tag("long")
public class StripeLincheckTest {

  private final Stripe stripe = LoneCounter.stripe();

  public StripeLincheckTest() {
    stripe.open();
  }

  @Operation
  public boolean enterRead() {
    return stripe.enter(io.datastored.operation.Operation.READ);
  }

  @Operation
  public boolean enterWrite() {
    return stripe.enter(io.datastored.operation.Operation.WRITE);
  }

  @Operation
  public boolean closeIfIdle() {
    return stripe.closeIfIdle();
  }

  @Operation
  public boolean closed() {
    return stripe.closed();
  }

  @Operation
  public String counts() {
    return stripe.counts().toString();
  }

  @Test
  void everyCall_isOneStep() {
    new StressOptions()
        .iterations(5)
        .actorsPerThread(3)
        .threads(2)
        .invocationsPerIteration(500)
        .check(this.getClass());
  }
}
