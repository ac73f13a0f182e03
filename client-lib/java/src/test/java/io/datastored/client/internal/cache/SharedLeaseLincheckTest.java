package io.datastored.client.internal.cache;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** All interleavings of handles and of marking a lease as unwanted: it is released once. */
@Tag("long")
public final class SharedLeaseLincheckTest {

  private volatile int givenBack;
  private volatile boolean unwanted;
  private final SharedLease lease =
      new SharedLease(
          new LeaseGrant(
              "id", new LeaseSlot("main", io.datastored.client.Operation.WRITE), 1, "", "", 0),
          SessionEpoch.NONE,
          gone -> givenBack++);

  @Operation
  public void lookUpAndClose() {
    if (lease.enter()) {
      lease.exit();
    }
  }

  @Operation
  public void unwant() {
    unwanted = true;
    lease.unwant();
  }

  @Validate
  public void givenBackOnce() {
    if (givenBack != (unwanted ? 1 : 0)) {
      throw new AssertionError("given back " + givenBack + " times");
    }
  }

  @Test
  void handlesAndModes_inAllInterleavings_giveTheLeaseBackOnce() {
    new ModelCheckingOptions()
        .iterations(10)
        .invocationsPerIteration(500)
        .threads(3)
        // One operation each and none after: a later lookup would hide what an earlier one missed.
        .actorsPerThread(1)
        .actorsBefore(0)
        .actorsAfter(0)
        .check(SharedLeaseLincheckTest.class);
  }
}
