package io.datastored.client;

import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.CreateDatastoreResponse;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DeleteDatastoreResponse;
import io.datastored.v1.Revision;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.UpdateDatastoreRequest;
import io.datastored.v1.UpdateDatastoreResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A client of a datastored server, with a near cache. Thread-safe. */
public final class DatastoredClient implements AutoCloseable {

  private DatastoredClient(ClientOptions options) {}

  public static DatastoredClient create(ClientOptions options) {
    return new DatastoredClient(options);
  }

  public DatastoredClient start() {
    throw new UnsupportedOperationException();
  }

  public Handle lookup(String datastore, Operation operation) {
    return lookup(datastore, operation, LookupOptions.DEFAULT);
  }

  public Handle lookup(String datastore, Operation operation, LookupOptions options) {
    throw new UnsupportedOperationException();
  }

  public CompletableFuture<Handle> lookupAsync(
      String datastore, Operation operation, LookupOptions options) {
    throw new UnsupportedOperationException();
  }

  public ClientState state() {
    throw new UnsupportedOperationException();
  }

  public Optional<Revision> applied() {
    throw new UnsupportedOperationException();
  }

  public boolean await(Revision revision, Duration patience) {
    throw new UnsupportedOperationException();
  }

  public boolean awaitState(ClientState wanted, Duration patience) {
    throw new UnsupportedOperationException();
  }

  public ClientStats stats() {
    throw new UnsupportedOperationException();
  }

  public void addListener(ClientListener listener) {
    throw new UnsupportedOperationException();
  }

  public void removeListener(ClientListener listener) {
    throw new UnsupportedOperationException();
  }

  public SetMaintenanceModeResponse setMaintenanceMode(SetMaintenanceModeRequest request) {
    throw new UnsupportedOperationException();
  }

  public CreateDatastoreResponse createDatastore(CreateDatastoreRequest request) {
    throw new UnsupportedOperationException();
  }

  public UpdateDatastoreResponse updateDatastore(UpdateDatastoreRequest request) {
    throw new UnsupportedOperationException();
  }

  public DeleteDatastoreResponse deleteDatastore(DeleteDatastoreRequest request) {
    throw new UnsupportedOperationException();
  }

  public Optional<String> sessionId() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
