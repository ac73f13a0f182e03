package io.datastored.daemon;

import com.google.common.collect.ImmutableList;
import com.google.common.io.Closer;
import io.datastored.engine.Engine;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.lease.LeaseGround;
import io.datastored.lease.Leases;
import io.datastored.promise.Authority;
import io.datastored.promise.Confirmation;
import io.datastored.promise.Peers;
import io.datastored.promise.Replicas;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A backing is where a server keeps its history and its promises. There is one form for a server
 * that is alone on its files, and one for a replica on etcd. Thread-safe.
 */
interface Backing {

  /** The engine of its history. */
  Engine engine();

  /** What leases stand on. */
  LeaseGround ground();

  /** Whether anything may be promised now. */
  Authority authority();

  /** Whether everything is served that others have committed. */
  Confirmation confirmation();

  /** The servers with which this one shares its history. */
  Replicas replicas();

  /**
   * Completed when an operator has put another history in the place of the one that is served. Only
   * a new start serves that one.
   */
  CompletableFuture<Revision> replaced();

  /** Other programs with the same datastores, in the order in which drains ask them. */
  ImmutableList<Peers> lookers();

  /**
   * Begins to promise. Called when everything that promises is there, and clients can connect.
   *
   * @param rooms takes what must be closed before the leases
   */
  void begin(Leases leases, Closer rooms);

  /**
   * Why nothing is promised until an operator has acted: what is served is not what clients and
   * other servers have seen; empty if that is not so.
   */
  Optional<String> outOfLine();

  /**
   * Waits for clients to move to other servers, if there are any. Called after they were told that
   * this one stops, and before it refuses connections.
   *
   * @param longest how long it may take
   */
  void awaitMoves(Leases leases, Duration longest);

  /**
   * Says that this server has stopped in order. Called after the last call has ended.
   *
   * @throws StoreException when it cannot be recorded; then the promises so far are waited for
   */
  void leave(Leases leases) throws StoreException;
}
