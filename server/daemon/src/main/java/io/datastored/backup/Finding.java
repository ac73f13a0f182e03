package io.datastored.backup;

import io.datastored.file.Verdict;
import java.nio.file.Path;

/**
 * A finding is the verdict on one file of a state directory or a backup. Immutable.
 *
 * @param file the file; in a backup its name below that of the backup
 */
public record Finding(Path file, Verdict verdict) {}
