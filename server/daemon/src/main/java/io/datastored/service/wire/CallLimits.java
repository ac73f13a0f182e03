package io.datastored.service.wire;

import com.google.common.collect.ImmutableList;
import io.datastored.access.Shares;

/**
 * Call limits are the places that calls take up. Immutable.
 *
 * @param inFlight calls in progress; see {@link CallsInFlight}
 * @param onDisk those that may touch a disk
 * @param unread bytes of large answers that clients have not read yet
 */
public record CallLimits(Shares inFlight, Shares onDisk, Shares unread) {

  /** All of them. */
  public ImmutableList<Shares> all() {
    return ImmutableList.of(inFlight, onDisk, unread);
  }
}
