package io.datastored.cli.view;

import io.datastored.service.wire.ProtoWords;
import io.datastored.v1.DrainResponse;

/** A drain end is the result of a drain, for people and for scripts. Immutable. */
public record DrainEnd(ExitStatus status, String sentence) {

  public static DrainEnd of(String datastore, DrainResponse last) {
    String after = HumanFormat.elapsed(last.getElapsed());
    return switch (last.getState()) {
      case DRAIN_STATE_DRAINED ->
          new DrainEnd(
              ExitStatus.OK,
              "%s: DRAINED after %s: nobody uses it, and nobody can until mode %s is changed.%s"
                  .formatted(
                      datastore,
                      after,
                      ProtoWords.mode(last.getMaintenance()),
                      last.getProgress().getPbsIgnored() ? " " + BlockerSummary.PBS_IGNORED : ""));
      case DRAIN_STATE_TIMED_OUT ->
          new DrainEnd(
              ExitStatus.STILL_IN_USE,
              "%s: TIMED OUT after %s: %s. The maintenance mode is still set."
                  .formatted(datastore, after, new BlockerSummary(last.getProgress()).sentence()));
      case DRAIN_STATE_ABORTED ->
          new DrainEnd(
              ExitStatus.NO,
              "%s: ABORTED after %s: its mode was changed by somebody else (see 'datastored status %s')."
                  .formatted(datastore, after, datastore));
      case DRAIN_STATE_DRAINING, DRAIN_STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("not an end: " + last.getState());
    };
  }
}
