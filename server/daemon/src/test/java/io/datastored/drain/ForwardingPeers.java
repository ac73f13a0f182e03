package io.datastored.drain;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import io.datastored.promise.FencingToken;
import io.datastored.promise.SealingPeers;
import java.util.OptionalLong;

/** Forwarding peers are other peers, but for what their kind changes. */
public class ForwardingPeers implements SealingPeers {

  private final SealingPeers delegate;

  public ForwardingPeers(SealingPeers delegate) {
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
  public OptionalLong raiseFloor(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    return delegate.raiseFloor(datastore, mode, since);
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
    return delegate.ask(datastore);
  }
}
