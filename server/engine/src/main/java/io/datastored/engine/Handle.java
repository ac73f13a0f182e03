package io.datastored.engine;

import io.datastored.engine.snapshot.Datastore;
import io.datastored.history.Revision;
import io.datastored.mount.MountState;
import io.datastored.operation.Operation;
import io.datastored.operation.Stripe;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A handle is the in-process permission for one operation on one datastore. Thread-safe; closing it
 * releases the operation, and closing it again has no effect.
 *
 * <p>While it is open the operation is in progress. A maintenance mode that refuses the operation
 * lets it finish, so a drain waits until the handle is closed.
 */
public final class Handle implements Lookup, AutoCloseable {

  private static final VarHandle COUNTED;

  static {
    try {
      COUNTED = MethodHandles.lookup().findVarHandle(Handle.class, "counted", Stripe.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Datastore datastore;
  private final Revision revision;
  private final Operation operation;
  private final MountState mountState;

  /**
   * The stripe on which the operation is counted, or null once closed: the thread that takes it
   * releases the operation. One field for "closed?" and "where?" saves a close one dependent read.
   */
  private @Nullable Stripe counted;

  /**
   * @param counted where the operation is counted, on the runtime of the datastore; null if it is
   *     not counted
   */
  Handle(
      Datastore datastore,
      Revision revision,
      Operation operation,
      MountState mountState,
      @Nullable Stripe counted) {
    this.counted = counted;
    this.datastore = datastore;
    this.revision = revision;
    this.operation = operation;
    this.mountState = mountState;
  }

  @Override
  public Handle handle() {
    return this;
  }

  /** The datastore as it was when the operation was granted. */
  public Datastore datastore() {
    return datastore;
  }

  /** The operation that was granted. */
  public Operation operation() {
    return operation;
  }

  /** The revision on which it was granted. */
  public Revision revision() {
    return revision;
  }

  /** Whether the device was present when the operation was granted. */
  public MountState mountState() {
    return mountState;
  }

  @Override
  public void close() {
    // Two threads may close at once: the exchange gives the stripe to one of them.
    Stripe taken = (Stripe) COUNTED.getAndSet(this, null);
    if (taken != null) {
      datastore.runtime().exit(taken, operation);
    }
  }

  @Override
  public String toString() {
    boolean closed = operation.counted() && COUNTED.getVolatile(this) == null;
    return operation + " of " + datastore + (closed ? ", closed" : "");
  }
}
