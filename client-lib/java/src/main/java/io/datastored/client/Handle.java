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
 * A handle is the permission to do one operation on one datastore. Thread-safe. Closing it gives
 * the permission back, once, however often it is closed.
 *
 * <p>A handle of READ or WRITE is a local count on a lease that the server counts. It is valid
 * until the lease is lost, which {@link #onLost} tells; between {@link #alive} and the write that
 * follows it a program can be paused for any time, and only storage that compares fencing tokens
 * closes that gap. A handle of LOOKUP is an answer and nothing more: nobody counts it.
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

  @SuppressWarnings("unused") // By the VarHandle.
  private volatile boolean closed;

  private volatile boolean watched;

  /**
   * @param lease on which it is counted already; null for LOOKUP
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

  /** The datastore as it was when the handle was given. */
  public Datastore datastore() {
    return datastore.datastore();
  }

  /** Its settings. */
  public DatastoreSettings settings() {
    return datastore().getSettings();
  }

  /**
   * Absolute path of its base directory on the server's host: {@code settings().getPath()}, below
   * the mount point for a removable datastore. Empty when the server is older than this client.
   */
  public String basePath() {
    return datastore().getBasePath();
  }

  /** The revision that the answer was taken from. */
  public Revision revision() {
    return revision;
  }

  /** What storage can tell a late write by. Empty for LOOKUP. */
  public OptionalLong fencingToken() {
    SharedLease shared = lease;
    return shared == null ? OptionalLong.empty() : OptionalLong.of(shared.token());
  }

  /** The lease, shared with other handles. Empty for LOOKUP. */
  public Optional<String> leaseId() {
    return Optional.ofNullable(lease).map(SharedLease::id);
  }

  /** For how long the server may have known better: since it last vouched for this answer. */
  public Duration age() {
    return cache.clock().since(vouchedAt);
  }

  /** Who answered. */
  public Origin origin() {
    return origin;
  }

  /**
   * How long the lease is promised at least, by this client's own clock, if no renewal is answered
   * any more. Zero when it is lost or over, and for LOOKUP.
   */
  public Duration validFor() {
    SharedLease shared = lease;
    return shared == null || !alive() ? Duration.ZERO : cache.leftOf(shared.opening());
  }

  /** Whether it is open and its lease is still promised. */
  public boolean alive() {
    SharedLease shared = lease;
    return !closed && (shared == null || shared.lost() == null && cache.isPromised(shared));
  }

  /**
   * Has the action told when the lease is lost while this handle is open: at once if it is lost
   * already, else on a callback thread. Whoever works under the handle must then stop; it must
   * still be closed. Never told for LOOKUP.
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
