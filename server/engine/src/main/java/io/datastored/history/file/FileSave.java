package io.datastored.history.file;

import io.datastored.file.AtomicFile;
import io.datastored.file.Digest;
import io.datastored.file.DiskSteps;
import io.datastored.file.FileStamp;
import io.datastored.file.LinkChain;
import io.datastored.file.SaveBackup;
import io.datastored.file.StoreException;
import io.datastored.history.ConfigContent;
import io.datastored.history.Store.Outcome;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file save is a prepared replacement of the configuration file, stored beside it. Confined to
 * one thread at a time. It must be closed.
 */
final class FileSave implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FileSave.class);

  private final Path file;
  private final Path target;
  private final DiskSteps disk;
  private final AtomicFile.Replacement replacement;
  private final Digest expected;
  private final KnownContents known;
  private final InstantSource clock;
  private boolean done;

  /** The content that the caller has seen, if it is still known. */
  private final Optional<ConfigContent> seen;

  /** The replaced content, until it has been checked again. */
  private Optional<SaveBackup> replaced = Optional.empty();

  /**
   * @param file the path of the configuration, which leads to {@code target} now
   * @param target the file to be replaced; the replacement is beside it
   */
  FileSave(
      Path file,
      Path target,
      DiskSteps disk,
      AtomicFile.Replacement replacement,
      Digest expected,
      KnownContents known,
      InstantSource clock) {
    this.file = file;
    this.target = target;
    this.disk = disk;
    this.replacement = replacement;
    this.expected = expected;
    this.known = known;
    this.clock = clock;
    this.seen = known.found(expected);
  }

  /**
   * Replaces the old content durably, if it is still the expected one.
   *
   * @throws StoreException when the result is not known to be durable; either content may be
   *     present then
   * @throws IllegalStateException when this save is over
   */
  Outcome commit() throws StoreException {
    if (done) {
      throw new IllegalStateException("this save of " + target + " is over");
    }
    done = true;
    try (replacement) {
      return Files.exists(target) ? replace() : add();
    } catch (IOException e) {
      throw StoreException.of("save", target, e);
    }
  }

  /** Creates the file. A link, unlike a rename, fails if a file was created in the meantime. */
  private Outcome add() throws IOException, StoreException {
    if (!expected.equals(Digest.EMPTY)) {
      return Outcome.OVERTAKEN;
    }
    if (leadsElsewhere()) {
      return Outcome.OVERTAKEN;
    }
    try {
      replacement.commitAsNew();
      return Outcome.COMMITTED;
    } catch (FileAlreadyExistsException e) {
      return Outcome.OVERTAKEN;
    }
  }

  /**
   * Replaces the old content.
   *
   * <p>An editor may write to the old file after it was compared and before it is replaced. So the
   * old file first gets a second name, and its final content is compared again. If an editor
   * renames its own file over the old one, or changes a link on the path, before the last check of
   * both, the change is detected. If it does so later, the effect is as if it came after the save:
   * the file at the path is then found as an edit.
   */
  private Outcome replace() throws IOException, StoreException {
    Optional<SaveBackup> aside = SaveBackup.link(target, expected, disk, this::digest);
    boolean covered = false;
    try {
      Digest found = digest(aside.map(SaveBackup::path).orElse(target));
      if (!found.equals(expected) || (aside.isPresent() && !aside.get().isStill(target))) {
        return Outcome.OVERTAKEN;
      }
      if (leadsElsewhere()) {
        return Outcome.OVERTAKEN;
      }
      replacement.commit();
      covered = true;
    } finally {
      if (covered) {
        replaced = aside;
      } else {
        aside.ifPresent(old -> old.settle(target, this::digest));
      }
    }
    noteStamp();
    return Outcome.COMMITTED;
  }

  /** Whether a link was changed since the replacement was prepared. */
  private boolean leadsElsewhere() throws IOException {
    return !LinkChain.of(file).target().equals(target);
  }

  /** Records the stamp, so that the next look need not read what was just written. */
  private void noteStamp() {
    Instant looked = clock.instant();
    try {
      known.placed(replacement.written(), looked, FileStamp.of(target));
    } catch (IOException e) {
      LOG.debug("cannot check {} now; it is read again at the next check", target, e);
    }
  }

  private Digest digest(Path file) throws IOException {
    try {
      Optional<ConfigContent> same = known.unwritten(FileStamp.of(file));
      return same.isPresent() ? same.get().digest() : digest(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Digest.EMPTY;
    }
  }

  /** The digest of bytes. Those already seen are compared instead, which is much faster. */
  private Digest digest(byte[] bytes) {
    return seen.filter(content -> Arrays.equals(content.bytes(), bytes))
        .map(ConfigContent::digest)
        .orElseGet(() -> known.digest(bytes));
  }

  /**
   * Aborts an uncommitted save. After a commit, checks the replaced content again: an edit written
   * to it during the commit is kept beside the new content. Idempotent.
   */
  @Override
  public void close() {
    done = true;
    replacement.close();
    replaced.ifPresent(old -> old.settle(target, this::digest));
    replaced = Optional.empty();
  }
}
