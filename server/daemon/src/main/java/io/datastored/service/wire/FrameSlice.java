package io.datastored.service.wire;

import com.google.common.collect.ImmutableList;
import io.datastored.v1.Datastore;

/**
 * A frame slice is the content of one message of a frame. Immutable.
 *
 * @param removed removed names; empty until all datastores are listed
 * @param isLast whether it completes the frame
 */
record FrameSlice(
    ImmutableList<Datastore> datastores, ImmutableList<String> removed, boolean isLast) {}
