package io.datastored.client;

import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.Revision;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A handle is the permission to do one operation on one datastore. Thread-safe. {@link #close}
 * gives the permission back and is idempotent.
 *
 * <p>A handle of READ or WRITE is one local use of a lease that the server counts. It is valid
 * until it is closed or the lease is lost, which {@link #onLost} reports. A program can be paused
 * for any length of time between {@link #alive} and the write that follows it; only storage that
 * compares fencing tokens closes that gap. A handle of LOOKUP is an answer only: it is not counted.
 */
public interface Handle extends AutoCloseable {

  /** The datastore as it was when the handle was granted. */
  Datastore datastore();

  /** The settings of the datastore when the handle was granted. */
  default DatastoreSettings settings() {
    return datastore().getSettings();
  }

  /**
   * The absolute path of the datastore's base directory on the server's host: {@code
   * settings().getPath()}, below the mount point for a removable datastore. Empty if the server is
   * too old to send it.
   */
  default String basePath() {
    return datastore().getBasePath();
  }

  /** The revision at which the lookup was answered. */
  Revision revision();

  /** The fencing token, by which storage can reject a late write. Empty for LOOKUP. */
  OptionalLong fencingToken();

  /** The id of the lease, which other handles may share. Empty for LOOKUP. */
  Optional<String> leaseId();

  /** The age of the answer: the time since the server last confirmed it. */
  Duration age();

  /** Where the answer came from. */
  Origin origin();

  /**
   * The time for which the lease remains valid if no further renewal is answered, by this client's
   * monotonic clock. Zero if the handle is closed, if the lease is lost or expired, and for LOOKUP.
   */
  Duration validFor();

  /** Whether this handle is open and its lease, if any, is still valid by the clocks. */
  boolean alive();

  /**
   * Registers an action that is called once if the lease is lost while this handle is open: by this
   * method if the lease is already lost, otherwise on a callback thread. Work under the handle must
   * then stop; the handle must still be closed. The action is never called for LOOKUP.
   */
  void onLost(Consumer<LeaseLost> action);

  /** Gives the permission back. Idempotent. */
  @Override
  void close();
}
