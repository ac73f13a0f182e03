package io.datastored.engine;

/** Freshness is how a lookup knows that its snapshot is up to date. */
enum Freshness {
  /** The doorbell announces every change. */
  DOORBELL,
  /** There is no shared page: every lookup checks the file. Slow, but correct. */
  EVERY_LOOKUP
}
