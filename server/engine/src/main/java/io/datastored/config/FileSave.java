package io.datastored.config;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** A file save is a prepared save of a file config store. Confined to one thread at a time. */
final class FileSave implements PreparedSave {

  private final Path target;
  private final DiskSteps disk;
  private final AtomicFile.Replacement replacement;
  private final Digest expected;
  private final Digest next;
  private final Function<byte[], Digest> digests;
  private boolean done;
  private Optional<Path> keptAside = Optional.empty();

  FileSave(
      Path target,
      DiskSteps disk,
      AtomicFile.Replacement replacement,
      Digest expected,
      Digest next,
      Function<byte[], Digest> digests) {
    this.target = target;
    this.disk = disk;
    this.replacement = replacement;
    this.expected = expected;
    this.next = next;
    this.digests = digests;
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
  private SaveOutcome add() throws IOException {
    if (!expected.equals(Digest.EMPTY)) {
      return new SaveOutcome.ChangedMeanwhile(Digest.EMPTY);
    }
    try {
      replacement.commitAsNew();
      return new SaveOutcome.Saved(next, Optional.empty());
    } catch (FileAlreadyExistsException e) {
      return new SaveOutcome.ChangedMeanwhile(digest(target));
    }
  }

  /**
   * Replaces the old content.
   *
   * <p>An editor may write to the old file after it was compared and before it is covered. So it
   * gets a second name first, and what it holds in the end is compared again. An editor who renames
   * a file of his own over it is seen if he does so before the last look at the identity.
   */
  private SaveOutcome replace() throws IOException, StoreException {
    Optional<Aside> aside = Aside.link(target, expected, disk);
    try {
      Digest found = digest(aside.map(Aside::path).orElse(target));
      if (found.equals(expected) && (aside.isEmpty() || aside.get().isStill(target))) {
        replacement.commit();
      } else {
        return new SaveOutcome.ChangedMeanwhile(digest(target));
      }
    } finally {
      keptAside = aside.flatMap(old -> old.settle(target));
    }
    return new SaveOutcome.Saved(next, keptAside.map(Path::toString));
  }

  private Digest digest(Path file) throws IOException {
    try {
      return digests.apply(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Digest.EMPTY;
    }
  }

  @Override
  public void abort() {
    done = true;
    replacement.close();
  }
}
