package io.datastored.generation;

import io.datastored.config.AtomicFile;
import io.datastored.config.DiskSteps;
import io.datastored.config.FileIdentity;
import io.datastored.config.FileStamp;
import io.datastored.config.LockFile;
import io.datastored.config.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file state store keeps the accepted state in one small file, replaced as a whole. Thread-safe.
 *
 * <p>The file remembers its own device, inode and time of writing: one that was copied or restored
 * from a backup would go on with numbers that clients have seen with other content.
 */
final class FileStateStore implements StateStore {

  private static final Logger log = LoggerFactory.getLogger(FileStateStore.class);

  /**
   * From writing the text to renaming the file: longer than a disk takes, shorter than a restore.
   */
  private static final Duration RENAMED_WITHIN = Duration.ofSeconds(30);

  private final Path path;
  private final AtomicFile file;
  private final LockFile commitLock;
  private final InstantSource clock;

  /**
   * What was read or written last, by its bytes: one content is not parsed twice. Not by the
   * identity of the file: after two commits an inode may be in use again.
   */
  private volatile @Nullable Known known;

  /** What was written last: most of the next one is the same. */
  private volatile Optional<WrittenState> written = Optional.empty();

  /**
   * A known state is bytes and what they say. Immutable.
   *
   * <p>While the file has a stamp that tells every later write, it need not be read.
   */
  private static final class Known {
    private final byte[] bytes;
    private final StateText.Read read;
    private final Optional<FileStamp> stamp;

    private Known(byte[] bytes, StateText.Read read, Optional<FileStamp> stamp) {
      this.bytes = bytes;
      this.read = read;
      this.stamp = stamp;
    }

    private Known in(Optional<FileStamp> file) {
      return new Known(bytes, read, file);
    }
  }

  FileStateStore(Path path, DiskSteps disk, LockFile commitLock, InstantSource clock) {
    this.path = path;
    this.clock = clock;
    this.file = new AtomicFile(path, disk);
    this.commitLock = commitLock;
  }

  @Override
  public Optional<AcceptedState> refresh() throws StoreException {
    Known last = known;
    try {
      // The file is this store's own unless the stamp was taken of another one.
      return last != null && last.stamp.equals(Optional.of(FileStamp.of(path)))
          ? Optional.of(last.read.state())
          : load();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreException.of("read", path, e);
    }
  }

  @Override
  public Optional<AcceptedState> load() throws StoreException {
    try {
      return read();
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          StoreException.Reason.OTHER, "the state file " + path + " is damaged: " + e.getMessage());
    }
  }

  /** Loads at start; a file that cannot be read is kept beside, and a new history begins. */
  Optional<AcceptedState> loadOrSetAside(Instant now) throws StoreException, IOException {
    file.removeLeftovers(clock);
    try {
      Optional<AcceptedState> state = read();
      if (state.isEmpty() && Files.exists(path)) {
        log.atWarn()
            .log(
                "the state file {} was copied or restored from somewhere: its history ends here",
                path);
      }
      return state;
    } catch (IllegalArgumentException e) {
      Path aside = path.resolveSibling("state.damaged-" + now.getEpochSecond());
      Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
      log.atError()
          .log("the state file {} is damaged ({}); it is kept as {}", path, e.getMessage(), aside);
      return Optional.empty();
    }
  }

  private Optional<AcceptedState> read() throws StoreException {
    try {
      while (true) {
        FileIdentity before = FileIdentity.of(path);
        Instant began = clock.instant();
        byte[] bytes = Files.readAllBytes(path);
        FileStamp stamp = FileStamp.of(path);
        if (stamp.identity().equals(before)) {
          Known found = parse(bytes);
          if (!isOwn(found.read, stamp)) {
            return Optional.empty();
          }
          known = found.in(Optional.of(stamp).filter(taken -> taken.restsAt(began)));
          return Optional.of(found.read.state());
        }
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreException.of("read", path, e);
    }
  }

  private Known parse(byte[] bytes) {
    Known last = known;
    if (last != null && Arrays.equals(last.bytes, bytes)) {
      return last;
    }
    Known read = new Known(bytes, StateText.read(bytes), Optional.empty());
    known = read;
    return read;
  }

  /**
   * Whether the file is the one that the text was written to, untouched since. The inode alone does
   * not tell: {@code cp} writes into the file that is there, and a file system may give the inode
   * of a file that was just removed to the next one. So the time of the last change of the inode,
   * which nobody can set, must be near the time of writing: a copy was made later than that.
   */
  private static boolean isOwn(StateText.Read read, FileStamp stamp) {
    Duration since = Duration.between(read.written(), stamp.lastChanged());
    return read.file().equals(text(stamp.identity()))
        && since.compareTo(RENAMED_WITHIN) <= 0
        && since.compareTo(RENAMED_WITHIN.negated()) >= 0;
  }

  private static String text(FileIdentity identity) {
    return identity.device() + ":" + identity.inode();
  }

  private AtomicFile.Replacement replacement(AcceptedState next) throws StoreException {
    return file.prepare(
        identity -> {
          StateText.Read read = new StateText.Read(next, text(identity), clock.instant());
          WrittenState text = StateText.write(next, read.file(), read.written(), written);
          written = Optional.of(text);
          // Who commits reads it back soon; should it never be committed, it is never met.
          known = new Known(text.bytes(), read, Optional.empty());
          return text.bytes();
        });
  }

  /**
   * Remembers that the state that was prepared last is in the file now.
   *
   * @return whether the file passes for this store's own
   */
  private boolean placed(FileStamp written) throws StoreException {
    Known last = known;
    try {
      Instant looked = clock.instant();
      FileStamp present = FileStamp.of(path);
      if (last == null || !isOwn(last.read, present)) {
        return false;
      }
      known =
          last.in(
              Optional.of(present)
                  .filter(taken -> written.isSameContent(taken) && taken.tellsWritesAfter(looked)));
      return true;
    } catch (IOException e) {
      throw StoreException.of("look at", path, e);
    }
  }

  private void replace(AcceptedState next) throws StoreException {
    try (AtomicFile.Replacement again = replacement(next)) {
      again.commit();
    }
  }

  @Override
  public Prepared prepare(AcceptedState next) throws StoreException {
    AtomicFile.Replacement replacement = replacement(next);
    return new Prepared() {
      @Override
      public void commit() throws StoreException {
        replacement.commit();
        if (!placed(replacement.written())) {
          // The process stood still between the two: the file would pass for a restored one.
          replace(next);
        }
      }

      @Override
      public void close() {
        replacement.close();
      }
    };
  }

  @Override
  public Held lock(Duration wait) throws StoreException {
    try {
      LockFile.Hold hold =
          commitLock
              .tryLock(wait)
              .orElseThrow(
                  () ->
                      new StoreException(
                          StoreException.Reason.IN_USE,
                          "another process has been committing a change for more than "
                              + wait.toMillis()
                              + " ms (it holds "
                              + commitLock
                              + ")"));
      if (!commitLock.isInPlace()) {
        hold.close();
        throw new StoreException(
            StoreException.Reason.OTHER,
            commitLock
                + " was removed or replaced, so it locks nobody out; stop all processes that use"
                + " the state directory");
      }
      return hold::close;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          StoreException.Reason.OTHER, "interrupted while another process commits a change");
    }
  }

  @Override
  public void close() throws StoreException {
    commitLock.close();
  }
}
