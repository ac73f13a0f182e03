package io.datastored.engine;

/** Freshness is when an answer must not be older than the file itself. */
enum Freshness {
  /** The doorbell tells of every change. */
  DOORBELL,
  /** There is no shared page: every lookup looks at the file. Slow, and right. */
  EVERY_LOOKUP
}
