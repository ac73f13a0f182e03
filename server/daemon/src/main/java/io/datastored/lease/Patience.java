package io.datastored.lease;

/** Patience says whether an ask may wait for a disk. Immutable. */
enum Patience {
  NOW,
  MAY_BLOCK
}
