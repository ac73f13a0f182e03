package io.datastored.watch;

import io.datastored.access.Subject;
import io.datastored.history.Revision;
import java.time.Duration;
import java.util.Optional;

/**
 * A watch request is what one watcher asks for. Immutable.
 *
 * @param subject who asks; its rights at any time decide what the watcher gets
 * @param known the last revision that it applied, on a watch of the same subject, selection and
 *     view
 * @param bookmarkInterval the longest time that its stream stays quiet
 */
public record WatchRequest(
    Subject subject,
    Selection selection,
    View view,
    Optional<Revision> known,
    Duration bookmarkInterval) {}
