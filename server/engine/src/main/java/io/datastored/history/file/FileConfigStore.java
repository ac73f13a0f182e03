package io.datastored.history.file;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.datastored.config.document.Limits;
import io.datastored.file.AtomicFile;
import io.datastored.file.Digest;
import io.datastored.file.DirectoryWatch;
import io.datastored.file.FileIdentity;
import io.datastored.file.FileStamp;
import io.datastored.file.ForeignOwner;
import io.datastored.file.HiddenNames;
import io.datastored.file.Leftovers;
import io.datastored.file.LinkChain;
import io.datastored.file.StoreException;
import io.datastored.history.ConfigContent;
import io.datastored.history.Store;
import io.datastored.mount.MountInfo;
import java.io.IOException;
import java.nio.file.AccessMode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/**
 * A file config store keeps the configuration in one file, {@code datastore.cfg}, which may be
 * edited by hand. Thread-safe.
 *
 * <p>Symbolic links of the file and of its directories are followed at every look; a save replaces
 * their target in its own directory.
 */
final class FileConfigStore {

  /**
   * How often a watch looks: together with the settling time of an edit in place, below a second.
   */
  private static final Duration LOOK = Duration.ofMillis(250);

  private static final ThreadFactory WATCHING =
      new ThreadFactoryBuilder().setDaemon(true).setNameFormat("config-watch-%d").build();

  private static final int READ_ATTEMPTS = 10;

  private final Path file;
  private final FileStoreOptions.Access access;
  private final FileStoreOptions.Outside outside;
  private final KnownContents known = new KnownContents();
  private final Set<FileWatch> watches = ConcurrentHashMap.newKeySet();

  private FileConfigStore(
      Path file, FileStoreOptions.Access access, FileStoreOptions.Outside outside) {
    this.file = file;
    this.access = access;
    this.outside = outside;
  }

  /**
   * Opens a store. The file need not exist, but its directory must. Files left by crashed saves are
   * removed, unless this store is read-only.
   *
   * @param access whether it may save
   * @param outside the disk, and the clock for the age of files left by a crashed save
   */
  static FileConfigStore open(
      Path file, FileStoreOptions.Access access, FileStoreOptions.Outside outside)
      throws StoreException {
    FileConfigStore store = new FileConfigStore(file.toAbsolutePath(), access, outside);
    try {
      Path target = store.target();
      Path directory = HiddenNames.directoryOf(target);
      if (!Files.isDirectory(directory)) {
        throw new NoSuchFileException(directory.toString());
      }
      if (store.readOnlyReason().isEmpty()) {
        new Leftovers(target, outside.disk(), outside.clock()).remove();
      }
    } catch (IOException e) {
      throw StoreException.of("open", file, e);
    }
    return store;
  }

  private Path target() throws IOException {
    return LinkChain.of(file).target();
  }

  /** The present content; {@link ConfigContent#MISSING} if there is no file. */
  ConfigContent load() throws StoreException {
    try {
      return read();
    } catch (NoSuchFileException e) {
      return ConfigContent.MISSING;
    } catch (IOException e) {
      throw StoreException.of("read", file, e);
    }
  }

  /** The present content, read only if the stamp of the file has changed. */
  ConfigContent refresh() throws StoreException {
    try {
      Optional<ConfigContent> same = known.unchanged(FileStamp.of(file));
      return same.isPresent() ? same.get() : load();
    } catch (NoSuchFileException e) {
      return ConfigContent.MISSING;
    } catch (IOException e) {
      throw StoreException.of("read", file, e);
    }
  }

  /**
   * Reads the bytes and the stamp of the same file, although the file or a link on its path may be
   * replaced at the same time.
   */
  private ConfigContent read() throws IOException {
    for (int attempt = 1; ; attempt++) {
      FileIdentity before = FileIdentity.of(file);
      // A pipe would block the reader until it is written to, and a device might block it
      // indefinitely.
      if (!Files.isRegularFile(file)) {
        throw new FileSystemException(file.toString(), null, "it is not a regular file");
      }
      if (Files.size(file) > Limits.FILE_BYTES) {
        throw new FileSystemException(
            file.toString(), null, "it has more than " + Limits.FILE_BYTES + " bytes, the maximum");
      }
      Instant began = outside.clock().instant();
      byte[] bytes = Files.readAllBytes(file);
      // Read after the bytes: a write in between makes the content look newer, never older.
      FileStamp stamp = FileStamp.of(file);
      if (stamp.identity().equals(before) || attempt == READ_ATTEMPTS) {
        return known.found(bytes, began, stamp);
      }
    }
  }

  /**
   * Does everything in a save that can fail for lack of space or permission, but changes nothing
   * yet.
   *
   * @param expected the digest of what the caller has seen; the commit checks that it is still
   *     present
   * @param next the whole new content
   */
  FileSave prepare(Digest expected, ConfigContent next) throws StoreException {
    requireWritable();
    try {
      Path target = target();
      AtomicFile.Replacement replacement =
          new AtomicFile(target, outside.disk()).prepare(next.bytes());
      known.expect(next);
      return new FileSave(
          file, target, outside.disk(), replacement, expected, known, outside.clock());
    } catch (IOException e) {
      throw StoreException.of("save", file, e);
    }
  }

  /** See {@link Store#watch}. */
  Store.Watch watch(Runnable onMaybeChanged) {
    FileWatch watch =
        new FileWatch(
            file, LOOK, DirectoryWatch::open, MountInfo.SYSTEM, onMaybeChanged, watches::remove);
    watches.add(watch);
    watch.start(WATCHING);
    return watch;
  }

  /** See {@link Store#requireWritable}. */
  void requireWritable() throws StoreException {
    Optional<String> refusal = readOnlyReason();
    if (refusal.isPresent()) {
      throw new StoreException(StoreException.Reason.READ_ONLY, refusal.get());
    }
  }

  /** Why it cannot be saved, in one sentence; empty if it can. */
  Optional<String> readOnlyReason() {
    if (access == FileStoreOptions.Access.READ_ONLY) {
      return Optional.of(
          file
              + " is never written, because of --read-only-config; start the server with"
              + " --read-only-config=false to let it write the file");
    }
    try {
      Path target = target();
      if (MountInfo.SYSTEM.isMountPoint(target)) {
        return Optional.of(
            target
                + " is a mount point of its own, so it cannot be replaced; mount its directory"
                + " instead");
      }
      Path directory = HiddenNames.directoryOf(target);
      try {
        directory.getFileSystem().provider().checkAccess(directory, AccessMode.WRITE);
      } catch (IOException e) {
        return Optional.of(StoreException.of("write to the directory", directory, e).getMessage());
      }
      if (access == FileStoreOptions.Access.OF_OWN_FILES && Files.exists(target)) {
        return ForeignOwner.of(target)
            .map(
                owner ->
                    file
                        + " belongs to "
                        + owner
                        + ", so it is never written; start the server with"
                        + " --read-only-config=false to let"
                        + " it write the file");
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(StoreException.of("look at", file, e).getMessage());
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }

  /** Ends each watch. Idempotent. */
  void close() {
    watches.forEach(FileWatch::close);
  }
}
