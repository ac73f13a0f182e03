package io.datastored.watch;

import io.datastored.history.Revision;
import java.time.Duration;
import java.util.Optional;

/**
 * A watch request is what one watcher asks for. Immutable.
 *
 * @param known the last revision that it applied, on a watch of the same selection and view
 * @param bookmarkInterval the longest time that its stream stays quiet
 */
public record WatchRequest(
    Selection selection, View view, Optional<Revision> known, Duration bookmarkInterval) {}
