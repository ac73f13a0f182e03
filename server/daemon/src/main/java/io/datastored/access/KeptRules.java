package io.datastored.access;

import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;

/**
 * Kept rules are what a server remembers of its rules when it is restarted. Immutable.
 *
 * @param rules the last good ones: those that are in force
 * @param changedAt the revision that was served when they came into force
 */
record KeptRules(WrittenRules rules, Revision changedAt) {

  /** A revision of no history, for rules before which nothing was shown. */
  static final Revision NEVER = new Revision(new Incarnation("0".repeat(16)), new Generation(1));
}
