package io.datastored.engine;

import io.datastored.engine.snapshot.DatastoreRuntime;
import io.datastored.file.StoreException;
import io.datastored.operation.Operation;
import io.datastored.operation.Stripe;

/** A lone runtime is one whose counter can always be claimed. Stateless; for tests. */
final class LoneRuntime {

  private LoneRuntime() {}

  /** Begins a READ. */
  public static Stripe enter(DatastoreRuntime runtime) {
    try {
      return runtime.enterOrOpen(Operation.READ);
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }
}
