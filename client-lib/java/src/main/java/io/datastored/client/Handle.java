package io.datastored.client;

import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.Revision;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A handle is the permission to do one operation on one datastore. Thread-safe. Closing it gives
 * the permission back, once, however often it is closed.
 */
public final class Handle implements AutoCloseable {

  public Datastore datastore() {
    throw new UnsupportedOperationException();
  }

  public DatastoreSettings settings() {
    return datastore().getSettings();
  }

  public Revision revision() {
    throw new UnsupportedOperationException();
  }

  public OptionalLong fencingToken() {
    throw new UnsupportedOperationException();
  }

  public Optional<String> leaseId() {
    throw new UnsupportedOperationException();
  }

  public Duration age() {
    throw new UnsupportedOperationException();
  }

  public Origin origin() {
    throw new UnsupportedOperationException();
  }

  public Duration validFor() {
    throw new UnsupportedOperationException();
  }

  public boolean alive() {
    throw new UnsupportedOperationException();
  }

  public void onLost(Consumer<LeaseLost> action) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
