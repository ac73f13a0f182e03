package io.datastored.history.file;

import io.datastored.file.AtomicFile;
import io.datastored.file.Digest;
import io.datastored.file.DiskSteps;
import io.datastored.file.FileStamp;
import io.datastored.file.LinkChain;
import io.datastored.file.SaveBackup;
import io.datastored.file.StoreException;
import io.datastored.history.ConfigContent;
import io.datastored.history.PreparedSave;
import io.datastored.history.SaveOutcome;
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

/** A file save is a prepared save of a file config store. Confined to one thread at a time. */
final class FileSave implements PreparedSave {

  private static final Logger LOG = LoggerFactory.getLogger(FileSave.class);

  private final Path file;
  private final Path target;
  private final DiskSteps disk;
  private final AtomicFile.Replacement replacement;
  private final Digest expected;
  private final ConfigContent next;
  private final KnownContents known;
  private final InstantSource clock;
  private boolean done;

  /** What the caller has seen, when it is known still. */
  private final Optional<ConfigContent> seen;

  /** The content that was replaced, until it was looked at once more. */
  private Optional<SaveBackup> replaced = Optional.empty();

  /**
   * @param file the path of the configuration, which leads to {@code target} now
   * @param target the file that is to be replaced, beside which the replacement waits
   */
  FileSave(
      Path file,
      Path target,
      DiskSteps disk,
      AtomicFile.Replacement replacement,
      Digest expected,
      ConfigContent next,
      KnownContents known,
      InstantSource clock) {
    this.file = file;
    this.target = target;
    this.disk = disk;
    this.replacement = replacement;
    this.expected = expected;
    this.next = next;
    this.known = known;
    this.clock = clock;
    this.seen = known.found(expected);
  }

  @Override
  public SaveOutcome commit() throws StoreException {
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

  /**
   * Puts the first content there. A link, unlike a rename, refuses to cover what came meanwhile.
   */
  private SaveOutcome add() throws IOException, StoreException {
    if (!expected.equals(Digest.EMPTY)) {
      return new SaveOutcome.ChangedMeanwhile(Digest.EMPTY);
    }
    if (leadsElsewhere()) {
      return new SaveOutcome.ChangedMeanwhile(digest(file));
    }
    try {
      replacement.commitAsNew();
      return new SaveOutcome.Saved(next.digest());
    } catch (FileAlreadyExistsException e) {
      return new SaveOutcome.ChangedMeanwhile(digest(target));
    }
  }

  /**
   * Replaces the old content.
   *
   * <p>An editor may write to the old file after it was compared and before it is covered. So it
   * gets a second name first, and what it holds in the end is compared again. An editor who renames
   * a file of his own over it, or turns a link on the way to it, is seen if he does so before the
   * last look at both. Later, it is as if he had done so after the save: what the path leads to
   * then is found as an edit.
   */
  private SaveOutcome replace() throws IOException, StoreException {
    Optional<SaveBackup> aside = SaveBackup.link(target, expected, disk, this::digest);
    boolean covered = false;
    try {
      Digest found = digest(aside.map(SaveBackup::path).orElse(target));
      if (!found.equals(expected) || (aside.isPresent() && !aside.get().isStill(target))) {
        return new SaveOutcome.ChangedMeanwhile(digest(target));
      }
      if (leadsElsewhere()) {
        return new SaveOutcome.ChangedMeanwhile(digest(file));
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
    return new SaveOutcome.Saved(next.digest());
  }

  /** Whether a link was turned since the replacement was prepared. */
  private boolean leadsElsewhere() throws IOException {
    return !LinkChain.of(file).target().equals(target);
  }

  /** So that the next look need not read what was just written. */
  private void noteStamp() {
    Instant looked = clock.instant();
    try {
      known.placed(replacement.written(), looked, FileStamp.of(target));
    } catch (IOException e) {
      LOG.debug("{} is read at the next look", target, e);
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

  /** Bytes that were seen need no other digest: to compare them takes an eighth of the time. */
  private Digest digest(byte[] bytes) {
    return seen.filter(content -> Arrays.equals(content.bytes(), bytes))
        .map(ConfigContent::digest)
        .orElseGet(() -> known.digest(bytes));
  }

  @Override
  public Optional<String> settle() {
    Optional<Path> kept = replaced.flatMap(old -> old.settle(target, this::digest));
    replaced = Optional.empty();
    return kept.map(Path::toString);
  }

  @Override
  public void abort() {
    done = true;
    replacement.close();
  }
}
