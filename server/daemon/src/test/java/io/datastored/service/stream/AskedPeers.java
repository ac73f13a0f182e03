package io.datastored.service.stream;

import io.datastored.config.DatastoreName;
import io.datastored.drain.ForwardingPeers;
import io.datastored.promise.SealingPeers;
import java.util.ArrayList;
import java.util.List;

/** Peers of which a test sees what they are asked. Confined to one test. */
final class AskedPeers extends ForwardingPeers {

  /** One for each asking that is open. */
  final List<DatastoreName> asked = new ArrayList<>();

  Runnable whileAsking = () -> {};

  AskedPeers(SealingPeers delegate) {
    super(delegate);
  }

  @Override
  public Asking ask(DatastoreName datastore) {
    asked.add(datastore);
    whileAsking.run();
    return () -> asked.remove(datastore);
  }
}
