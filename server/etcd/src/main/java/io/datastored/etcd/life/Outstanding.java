package io.datastored.etcd.life;

/** What a server that stops in order leaves behind. Immutable. */
public enum Outstanding {
  /** Nobody relies on a promise of it any more. */
  NONE,
  /** Somebody may: its promises are waited for. */
  SOME
}
