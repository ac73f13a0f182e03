package io.datastored.client;

import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.Revision;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A handle is the permission to do one operation on one datastore. Thread-safe. {@link #close}
 * gives the permission back and is idempotent.
 *
 * <p>A handle of READ or WRITE is one local use of a lease that the server counts. It is valid
 * until it is closed or the lease is lost, which {@link #onLost} reports. A program can be paused
 * for any length of time between {@link #alive} and the write that follows it; only storage that
 * compares fencing tokens closes that gap. A handle of LOOKUP is an answer only: it is not counted.
 */
public final class Handle implements AutoCloseable {

  private static final VarHandle CLOSED;

  static {
    try {
      CLOSED = MethodHandles.lookup().findVarHandle(Handle.class, "closed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final CachedDatastore datastore;
  private final Revision revision;
  private final @Nullable SharedLease lease;
  private final long vouchedAt;
  private final Origin origin;
  private final NearCache cache;

  @SuppressWarnings("unused") // Written through the VarHandle.
  private volatile boolean closed;

  private volatile boolean watched;

  /**
   * @param lease the lease on which this handle is already counted; null for LOOKUP
   */
  Handle(
      CachedDatastore datastore,
      Revision revision,
      @Nullable SharedLease lease,
      long vouchedAt,
      Origin origin,
      NearCache cache) {
    this.datastore = datastore;
    this.revision = revision;
    this.lease = lease;
    this.vouchedAt = vouchedAt;
    this.origin = origin;
    this.cache = cache;
  }

  /** The datastore as it was when the handle was granted. */
  public Datastore datastore() {
    return datastore.datastore();
  }

  /** The settings of the datastore when the handle was granted. */
  public DatastoreSettings settings() {
    return datastore().getSettings();
  }

  /**
   * The absolute path of the datastore's base directory on the server's host: {@code
   * settings().getPath()}, below the mount point for a removable datastore. Empty if the server is
   * too old to send it.
   */
  public String basePath() {
    return datastore().getBasePath();
  }

  /** The revision at which the lookup was answered. */
  public Revision revision() {
    return revision;
  }

  /** The fencing token, by which storage can reject a late write. Empty for LOOKUP. */
  public OptionalLong fencingToken() {
    SharedLease shared = lease;
    return shared == null ? OptionalLong.empty() : OptionalLong.of(shared.token());
  }

  /** The id of the lease, which other handles may share. Empty for LOOKUP. */
  public Optional<String> leaseId() {
    return Optional.ofNullable(lease).map(SharedLease::id);
  }

  /** The age of the answer: the time since the server last confirmed it. */
  public Duration age() {
    return cache.clock().since(vouchedAt);
  }

  /** Where the answer came from. */
  public Origin origin() {
    return origin;
  }

  /**
   * The time for which the lease remains valid if no further renewal is answered, by this client's
   * monotonic clock. Zero if the handle is closed, if the lease is lost or expired, and for LOOKUP.
   */
  public Duration validFor() {
    SharedLease shared = lease;
    return shared == null || !alive() ? Duration.ZERO : cache.leftOf(shared.opening());
  }

  /** Whether this handle is open and its lease, if any, is still valid by the clocks. */
  public boolean alive() {
    SharedLease shared = lease;
    return !closed && (shared == null || shared.lost() == null && cache.isPromised(shared));
  }

  /**
   * Registers an action that is called once if the lease is lost while this handle is open: by this
   * method if the lease is already lost, otherwise on a callback thread. Work under the handle must
   * then stop; the handle must still be closed. The action is never called for LOOKUP.
   */
  public void onLost(Consumer<LeaseLost> action) {
    SharedLease shared = lease;
    if (shared == null || closed) {
      return;
    }
    watched = true;
    LeaseLost lost = shared.watch(new SharedLease.Watcher(this, action));
    if (lost != null) {
      action.accept(lost);
    } else if (closed) {
      shared.unwatch(this);
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** Gives the permission back. Idempotent. */
  @Override
  public void close() {
    if (!CLOSED.compareAndSet(this, false, true)) {
      return;
    }
    SharedLease shared = lease;
    if (shared != null) {
      if (watched) {
        shared.unwatch(this);
      }
      shared.exit();
    }
  }

  @Override
  public String toString() {
    SharedLease shared = lease;
    return "Handle[%s at %s/%d from %s, age %d ms%s%s]"
        .formatted(
            datastore().getName(),
            revision.getIncarnation(),
            revision.getGeneration(),
            origin,
            age().toMillis(),
            shared == null
                ? ""
                : ", %s lease %s token %d, valid for %d ms"
                    .formatted(
                        shared.slot().operation(),
                        shared.id(),
                        shared.token(),
                        validFor().toMillis()),
            closed ? ", closed" : "");
  }
}
