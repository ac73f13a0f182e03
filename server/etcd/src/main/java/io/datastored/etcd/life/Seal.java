package io.datastored.etcd.life;

/** A seal is what became of the transaction that ends a drain. Immutable. */
enum Seal {
  SEALED,
  /** The mode has changed, or something is in the way by now. */
  REFUSED,
  /** It is not known whether it was written. */
  FAILED
}
