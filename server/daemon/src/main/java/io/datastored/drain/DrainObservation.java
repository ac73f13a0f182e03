package io.datastored.drain;

import com.google.common.collect.ImmutableList;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.history.Revision;
import io.datastored.lease.LiveSession;

/**
 * A drain observation is what a drain has seen at one moment. Immutable.
 *
 * @param revision what it is true of
 * @param maintenance the mode that is there
 * @param behind the sessions that are to say at once that they have applied the mode
 * @param since the revision that they must have applied
 */
public record DrainObservation(
    DrainState state,
    Revision revision,
    Maintenance maintenance,
    BlockerSummary inTheWay,
    ImmutableList<LiveSession> behind,
    Revision since) {

  /** Whether there is something new to tell who was told of the look before. */
  public boolean isNews(DrainObservation before) {
    return state != before.state || inTheWay.differsFrom(before.inTheWay);
  }
}
