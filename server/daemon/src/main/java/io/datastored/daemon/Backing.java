package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import com.google.common.io.Closer;
import io.datastored.engine.Engine;
import io.datastored.file.StoreException;
import io.datastored.lease.LeaseGround;
import io.datastored.lease.Leases;
import io.datastored.promise.Confirmation;
import io.datastored.promise.Peers;

/**
 * A backing is where a server keeps its history and its promises. There is one form for a server
 * that is alone on its files, and one for a replica on etcd. Thread-safe.
 */
interface Backing {

  /** The engine of its history. */
  Engine engine();

  /** What leases stand on. */
  LeaseGround ground();

  /** Whether everything is served that others have committed. */
  Confirmation confirmation();

  /** Other programs with the same datastores, in the order in which drains ask them. */
  ImmutableList<Peers> lookers();

  /**
   * Begins to promise. Called when everything that promises is there, and clients can connect.
   *
   * @param rooms takes what must be closed before the leases
   */
  void begin(Leases leases, Closer rooms);

  /**
   * Says that this server has stopped in order. Called after the last call has ended.
   *
   * @throws StoreException when it cannot be recorded; then the promises so far are waited for
   */
  void leave(Leases leases) throws StoreException;
}
