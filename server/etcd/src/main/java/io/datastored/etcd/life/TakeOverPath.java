package io.datastored.etcd.life;

/**
 * A take-over path is what decided about a lease of another server that a client continues here.
 * Immutable.
 */
enum TakeOverPath {
  /** The mode permits it, so nobody had to be told first. */
  MEMORY,
  /** A transaction, which a seal excludes. */
  ETCD,
  /** It was refused: this server has granted it, or it is drained. */
  REFUSED
}
