package io.datastored.file;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An atomic file is a file that is only replaced as a whole: a reader finds the old content or the
 * new one, even after a crash at any moment. Thread-safe, but it does not order concurrent writers:
 * they need their own lock.
 *
 * <p>The new content is written to a hidden file beside the target, synced, and renamed over the
 * target; then the directory is synced. Mode, owner and group of the target are kept as far as this
 * process is permitted; a new file has mode 0640.
 */
public final class AtomicFile {

  private static final Logger LOG = LoggerFactory.getLogger(AtomicFile.class);

  private static final AtomicLong SEQUENCE = new AtomicLong();

  private final Path target;
  private final FileOwnership ifNew;
  private final DiskSteps disk;

  /** Creates an atomic file at a path, whose directory must exist when it is written. */
  public AtomicFile(Path target, DiskSteps disk) {
    this(target, FileOwnership.NEW, disk);
  }

  private AtomicFile(Path target, FileOwnership ifNew, DiskSteps disk) {
    this.target = target.toAbsolutePath();
    this.ifNew = ifNew;
    this.disk = disk;
  }

  /** Like the constructor, but the file has mode 0600, whatever it had. */
  public static AtomicFile forOwnerOnly(Path target, DiskSteps disk) {
    return new AtomicFile(target, FileOwnership.NEW_PRIVATE, disk);
  }

  /** Removes hidden files of processes that died during a replacement. Called at a start. */
  public void removeLeftovers(InstantSource clock) throws StoreException {
    try {
      new Leftovers(target, disk, clock).remove();
    } catch (IOException e) {
      throw StoreException.of("clean up beside", target, e);
    }
  }

  /**
   * Replaces the content durably. After a failure the file has either the old content or the new
   * one.
   */
  public void replace(byte[] content) throws StoreException {
    try (Replacement replacement = prepare(content)) {
      replacement.commit();
    }
  }

  /**
   * Does everything in a replacement that can fail for lack of space, but does not touch the
   * target.
   */
  public Replacement prepare(byte[] content) throws StoreException {
    try {
      return prepareHidden(content);
    } catch (IOException e) {
      throw StoreException.of("save", target, e);
    }
  }

  private Replacement prepareHidden(byte[] content) throws IOException {
    FileOwnership ownership = FileOwnership.of(target, ifNew);
    Replacement replacement = new Replacement(create());
    boolean ready = false;
    try {
      ownership.applyTo(replacement.hidden.path());
      disk.write(replacement.hidden.stream(), content);
      disk.sync(replacement.hidden.stream());
      replacement.written = Optional.of(FileStamp.of(replacement.hidden.path()));
      ready = true;
      return replacement;
    } finally {
      if (!ready) {
        replacement.close();
      }
    }
  }

  private HiddenFile create() throws IOException {
    while (true) {
      Path path = HiddenNames.fresh(target, SEQUENCE.incrementAndGet());
      try {
        return HiddenFile.create(path, disk);
      } catch (FileAlreadyExistsException e) {
        // Left by an earlier process with the same pid: take the next number.
      }
    }
  }

  /**
   * A replacement is new content, prepared in a hidden file beside the target. Confined to one
   * thread at a time.
   */
  public final class Replacement implements AutoCloseable {

    private final HiddenFile hidden;
    private Optional<FileStamp> written = Optional.empty();
    private boolean done;

    private Replacement(HiddenFile hidden) {
      this.hidden = hidden;
    }

    /**
     * The stamp of the new content; until another process writes to it, only the rename changes the
     * stamp.
     */
    public FileStamp written() {
      return written.orElseThrow();
    }

    /**
     * Replaces the old content durably.
     *
     * @throws StoreException with reason OUTCOME_UNKNOWN when the new content may be in place; with
     *     any other reason the old content still is
     */
    public void commit() throws StoreException {
      checkOpen();
      try {
        disk.rename(hidden.path(), target);
      } catch (IOException e) {
        // A remote file system may have renamed the file although its answer was lost.
        throw isPlaced()
            ? StoreException.unknown(target + " may have been replaced", "save", target, e)
            : StoreException.of("save", target, e);
      }
      finish();
    }

    /** Whether the new content is in place; true also if that cannot be determined. */
    private boolean isPlaced() {
      try {
        return !Files.exists(hidden.path())
            || (Files.exists(target)
                && FileIdentity.of(target).equals(FileIdentity.of(hidden.path())));
      } catch (IOException e) {
        return true;
      }
    }

    /**
     * Like {@link #commit}, but only if the target does not exist. Returns normally only if the new
     * file is in place.
     */
    public void commitAsNew() throws IOException, StoreException {
      checkOpen();
      disk.link(hidden.path(), target);
      try {
        disk.delete(hidden.path());
      } catch (IOException e) {
        LOG.warn("cannot remove {}; it is removed at the next start", hidden.path(), e);
      }
      finish();
    }

    private void finish() throws StoreException {
      done = true;
      hidden.close();
      try {
        disk.syncDirectory(HiddenNames.directoryOf(target));
      } catch (IOException e) {
        throw StoreException.unknown(
            target + " was replaced", "make that durable: cannot sync the directory of", target, e);
      }
    }

    private void checkOpen() {
      if (done) {
        throw new IllegalStateException("this replacement of " + target + " is over");
      }
    }

    /** Discards the new content, unless it was committed. */
    @Override
    public void close() {
      if (!done) {
        done = true;
        hidden.discard(disk);
      }
    }
  }
}
