package io.datastored.engine;

import io.datastored.generation.Revision;
import io.datastored.mount.MountState;
import io.datastored.operation.Operation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A handle is the in-process permission for one operation on one datastore. Thread-safe; closing it
 * releases the operation, once, however often it is closed.
 *
 * <p>While it is open the operation is in progress: a maintenance mode that refuses it lets it
 * finish and counts on it being closed.
 */
public final class Handle implements Lookup, AutoCloseable {

  private static final VarHandle CLOSED;

  static {
    try {
      CLOSED = MethodHandles.lookup().findVarHandle(Handle.class, "closed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Datastore datastore;
  private final Revision revision;
  private final Operation operation;
  private final MountState mountState;

  @SuppressWarnings("UnusedVariable") // through CLOSED
  private volatile boolean closed;

  Handle(Datastore datastore, Revision revision, Operation operation, MountState mountState) {
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

  /** What was granted. */
  public Operation operation() {
    return operation;
  }

  /** The revision on which it was granted. */
  public Revision revision() {
    return revision;
  }

  /** Whether the device was there when the operation was granted. */
  public MountState mountState() {
    return mountState;
  }

  @Override
  public void close() {
    if (operation.counted() && CLOSED.compareAndSet(this, false, true)) {
      datastore.runtime().exit(operation);
    }
  }

  @Override
  public String toString() {
    return operation + " of " + datastore + (closed ? ", closed" : "");
  }
}
