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
 * An atomic file is a file that is only ever replaced whole: whoever reads it, also after a crash
 * at any moment, finds the old content or the new one. Thread-safe, but it does not order two
 * writers: they hold a lock of their own.
 *
 * <p>The new content goes to a hidden file beside the target, is synced, and is renamed over it;
 * then the directory is synced. Mode, owner and group of the target are kept as far as this process
 * may; a new file has mode 0640.
 */
public final class AtomicFile {

  private static final Logger LOG = LoggerFactory.getLogger(AtomicFile.class);

  private static final AtomicLong SEQUENCE = new AtomicLong();

  private final Path target;
  private final DiskSteps disk;

  /** Makes an atomic file of a path, whose directory must be there when it is written. */
  public AtomicFile(Path target, DiskSteps disk) {
    this.target = target.toAbsolutePath();
    this.disk = disk;
  }

  /** Removes what replacements of processes that died have left beside it; for a start. */
  public void removeLeftovers(InstantSource clock) throws StoreException {
    try {
      new Leftovers(target, disk, clock).remove();
    } catch (IOException e) {
      throw StoreException.of("clean up beside", target, e);
    }
  }

  /** Replaces the content, durably. After a failure the old content or the new one is there. */
  public void replace(byte[] content) throws StoreException {
    try (Replacement replacement = prepare(content)) {
      replacement.commit();
    }
  }

  /** Does all of a replacement that can fail for want of space, and leaves the target alone. */
  public Replacement prepare(byte[] content) throws StoreException {
    try {
      return prepareHidden(content);
    } catch (IOException e) {
      throw StoreException.of("save", target, e);
    }
  }

  private Replacement prepareHidden(byte[] content) throws IOException {
    FileOwnership ownership = FileOwnership.of(target);
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
        // Left behind by a process of the same id: take the next number.
      }
    }
  }

  /**
   * A replacement is new content that waits beside the target. Confined to one thread at a time.
   */
  public final class Replacement implements AutoCloseable {

    private final HiddenFile hidden;
    private Optional<FileStamp> written = Optional.empty();
    private boolean done;

    private Replacement(HiddenFile hidden) {
      this.hidden = hidden;
    }

    /**
     * Returns the stamp of the new content, which only a rename changes until others write to it.
     */
    public FileStamp written() {
      return written.orElseThrow();
    }

    /**
     * Puts the new content in the place of the old one, durably.
     *
     * @throws StoreException with reason OUTCOME_UNKNOWN when the new content may be there; with
     *     any other the old one is
     */
    public void commit() throws StoreException {
      checkOpen();
      try {
        disk.rename(hidden.path(), target);
      } catch (IOException e) {
        // A file system of another host may have renamed and lost the answer.
        throw isPlaced()
            ? StoreException.unknown(target + " may have been replaced", "save", target, e)
            : StoreException.of("save", target, e);
      }
      finish();
    }

    /** Also when nobody can tell. */
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
     * As {@link #commit}, but only where no file is; returns normally only when the new one is
     * there.
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

    /** Throws the new content away, unless it was committed. */
    @Override
    public void close() {
      if (!done) {
        done = true;
        hidden.discard(disk);
      }
    }
  }
}
