package io.datastored.service.wire;

import com.google.common.collect.ImmutableList;
import io.datastored.v1.Datastore;

/**
 * A frame slice is what one message of a frame tells. Immutable.
 *
 * @param removed names; none before all datastores have been told
 * @param isLast whether the frame is whole with it
 */
record FrameSlice(
    ImmutableList<Datastore> datastores, ImmutableList<String> removed, boolean isLast) {}
