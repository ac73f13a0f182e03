package io.datastored.etcd.life;

/** A life end is how a life of this server has ended. Immutable. */
enum LifeEnd {
  /** Others have stopped waiting for it; the next one begins. */
  OVER,
  /** What it serves is not what etcd has; no other one begins. */
  FORK,
  /** The server has stopped in order. */
  LEFT
}
