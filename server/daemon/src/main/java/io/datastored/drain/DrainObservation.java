package io.datastored.drain;

import com.google.common.collect.ImmutableList;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.history.Revision;
import io.datastored.lease.LiveSession;

/**
 * A drain observation is what a drain has seen at one moment. Immutable.
 *
 * @param revision the revision of the observation
 * @param maintenance the current mode
 * @param behind the sessions that must report at once that they have applied the mode
 * @param since the revision that they must have applied
 */
public record DrainObservation(
    DrainState state,
    Revision revision,
    Maintenance maintenance,
    BlockerSummary inTheWay,
    ImmutableList<LiveSession> behind,
    Revision since) {

  /** Whether it differs from an earlier observation in something that the client should see. */
  public boolean isNews(DrainObservation before) {
    return state != before.state || inTheWay.differsFrom(before.inTheWay);
  }
}
