package io.datastored.promise;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import java.util.OptionalLong;

/**
 * Ordered peers are several peers that are queried one after the other; the last ones seal.
 * Thread-safe: immutable.
 *
 * @param lookers peers that only look, in order
 * @param last the peers that are queried last and seal
 */
public record OrderedPeers(ImmutableList<Peers> lookers, SealingPeers last)
    implements SealingPeers {

  @Override
  public Look begin(DatastoreName datastore) {
    ImmutableList<Look> looks =
        lookers.stream().map(peers -> peers.begin(datastore)).collect(toImmutableList());
    Look lastLook = last.begin(datastore);
    return () ->
        looks.stream()
            .map(Look::inTheWay)
            .reduce(Elsewhere.NOTHING, Elsewhere::and)
            .and(lastLook.inTheWay());
  }

  @Override
  public boolean seal(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    return last.seal(datastore, mode, since);
  }

  @Override
  public boolean sealForCommit(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    return last.sealForCommit(datastore, mode, since);
  }

  @Override
  public OptionalLong raiseFloor(DatastoreName datastore, MaintenanceMode mode, Revision since)
      throws StoreException {
    return last.raiseFloor(datastore, mode, since);
  }

  @Override
  public TakeOver takeOver(DatastoreName datastore, Operation operation, FencingToken token) {
    return last.takeOver(datastore, operation, token);
  }

  @Override
  public Claim claim(DatastoreName datastore, Operation operation, FencingToken token) {
    return last.claim(datastore, operation, token);
  }

  @Override
  public Asking ask(DatastoreName datastore) {
    return last.ask(datastore);
  }
}
