package io.datastored.access;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Audit options determine what is recorded where. Immutable; made by a {@link Builder}.
 *
 * @param file the audit log; empty: nothing is recorded
 * @param need whether changes are made that cannot be recorded
 * @param mode of a new file, regardless of the umask
 * @param leases which leases are recorded
 * @param maxLines the maximum number of lines that wait to be written
 * @param maxBytes the maximum memory of these lines, in bytes
 * @param slowest how long a write may take; the log counts as not writable while a line waits
 *     longer
 * @param denials the maximum number of denials in a second that have a line each, per principal
 */
public record AuditOptions(
    Optional<Path> file,
    Need need,
    Set<PosixFilePermission> mode,
    Recorded leases,
    int maxLines,
    long maxBytes,
    Duration slowest,
    int denials) {

  /** Whether changes are made that cannot be recorded. */
  public enum Need {
    /** No: they are refused until the audit log can be written again. */
    REQUIRED,
    /** Yes. */
    OPTIONAL
  }

  /** Which leases are recorded. */
  public enum Recorded {
    WRITE,
    READ_AND_WRITE
  }

  public AuditOptions {
    mode = Set.copyOf(mode);
    checkArgument(
        mode.contains(PosixFilePermission.OWNER_READ)
            && mode.contains(PosixFilePermission.OWNER_WRITE),
        "the owner must be able to read and write the audit log");
    checkArgument(
        !mode.contains(PosixFilePermission.OTHERS_WRITE)
            && !mode.contains(PosixFilePermission.GROUP_WRITE),
        "only the owner may write the audit log");
    checkArgument(maxLines > 0, "maxLines must be more than 0");
    checkArgument(maxBytes > 0, "maxBytes must be more than 0");
    checkArgument(slowest.toNanos() > 0, "slowest must be more than 0");
    checkArgument(denials > 0, "denials must be more than 0");
  }

  /** A builder of audit options; unset options keep their defaults. Not thread-safe. */
  public static final class Builder {
    public Optional<Path> file = Optional.empty();
    public Need need = Need.REQUIRED;
    public Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rw-------");
    public Recorded leases = Recorded.WRITE;
    public int maxLines = 10_000;
    public long maxBytes = 8 << 20;
    public Duration slowest = Duration.ofSeconds(1);
    public int denials = 10;

    public AuditOptions build() {
      return new AuditOptions(file, need, mode, leases, maxLines, maxBytes, slowest, denials);
    }
  }
}
