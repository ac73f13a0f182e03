package io.datastored.watch;

import io.datastored.history.Revision;
import java.time.Duration;
import java.util.Optional;

/**
 * A watch request is what one watcher wants to be told. Immutable.
 *
 * @param known the last revision it has applied, on a watch of the same selection and view
 * @param bookmarkInterval how long its stream stays quiet at most
 */
public record WatchRequest(
    Selection selection, View view, Optional<Revision> known, Duration bookmarkInterval) {}
