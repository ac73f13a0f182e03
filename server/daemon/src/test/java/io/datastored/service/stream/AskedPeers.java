package io.datastored.service.stream;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import io.datastored.promise.FencingToken;
import io.datastored.promise.SealingPeers;
import java.util.ArrayList;
import java.util.List;

/** Peers of which a test sees what they are asked. Confined to one test. */
final class AskedPeers implements SealingPeers {

  private final SealingPeers delegate;

  /** One for each asking that is open. */
  final List<DatastoreName> asked = new ArrayList<>();

  Runnable whileAsking = () -> {};

  AskedPeers(SealingPeers delegate) {
    this.delegate = delegate;
  }

  @Override
  public Look begin(DatastoreName datastore) {
    return delegate.begin(datastore);
  }

  @Override
  public boolean seal(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    return delegate.seal(datastore, mode, since);
  }

  @Override
  public boolean sealForCommit(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    return delegate.sealForCommit(datastore, mode, since);
  }

  @Override
  public void raiseFloor(DatastoreName datastore, MaintenanceMode mode) throws StoreException {
    delegate.raiseFloor(datastore, mode);
  }

  @Override
  public TakeOver takeOver(DatastoreName datastore, Operation operation, FencingToken token) {
    return delegate.takeOver(datastore, operation, token);
  }

  @Override
  public Claim claim(DatastoreName datastore, Operation operation, FencingToken token) {
    return delegate.claim(datastore, operation, token);
  }

  @Override
  public Asking ask(DatastoreName datastore) {
    asked.add(datastore);
    whileAsking.run();
    return () -> asked.remove(datastore);
  }
}
