package io.datastored.client.internal.cache;

import io.datastored.client.Handle;
import io.datastored.client.LeaseLost;
import io.datastored.client.Origin;
import io.datastored.v1.Datastore;
import io.datastored.v1.Revision;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A local handle is a handle that shares a lease with others of this client. Thread-safe. */
public final class LocalHandle implements Handle {

  private static final VarHandle CLOSED;

  static {
    try {
      CLOSED = MethodHandles.lookup().findVarHandle(LocalHandle.class, "closed", boolean.class);
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
  public LocalHandle(
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

  @Override
  public Datastore datastore() {
    return datastore.datastore();
  }

  @Override
  public Revision revision() {
    return revision;
  }

  @Override
  public OptionalLong fencingToken() {
    SharedLease shared = lease;
    return shared == null ? OptionalLong.empty() : OptionalLong.of(shared.token());
  }

  @Override
  public Optional<String> leaseId() {
    return Optional.ofNullable(lease).map(SharedLease::id);
  }

  @Override
  public Duration age() {
    return cache.clock().since(vouchedAt);
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public Duration validFor() {
    SharedLease shared = lease;
    return shared == null || !alive() ? Duration.ZERO : cache.leftOf(shared.opening());
  }

  @Override
  public boolean alive() {
    SharedLease shared = lease;
    return !closed && (shared == null || shared.lost() == null && cache.isPromised(shared));
  }

  @Override
  public void onLost(Consumer<LeaseLost> action) {
    SharedLease shared = lease;
    if (shared == null || closed) {
      return;
    }
    watched = true;
    LeaseLost lost =
        shared.watch(
            this,
            news -> {
              if (!closed) {
                action.accept(news);
              }
            });
    if (lost != null) {
      action.accept(lost);
    } else if (closed) {
      shared.unwatch(this);
    }
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
