package io.datastored.file;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leftovers are the hidden files of saves whose process died. Confined to one thread. */
public final class Leftovers {

  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

  /**
   * Longer than a save takes from creating a hidden file to locking it, and from linking to
   * renaming.
   */
  private static final Duration SETTLED = Duration.ofMinutes(1);

  private final Path target;
  private final DiskSteps disk;
  private final InstantSource clock;

  public Leftovers(Path target, DiskSteps disk, InstantSource clock) {
    this.target = target;
    this.disk = disk;
    this.clock = clock;
  }

  /** Removes files that are certainly left over; a file that cannot be judged stays. */
  public void remove() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(HiddenNames.directoryOf(target))) {
      for (Path file : files) {
        removeIfLeftOver(file);
      }
    }
  }

  private void removeIfLeftOver(Path file) {
    Optional<Digest> aside = HiddenNames.digestOfAside(target, file);
    try {
      if (aside.isPresent() && hasSettled(file)) {
        // A save died before it compared the old content again: the file may contain an edit.
        new SaveBackup(file, aside.get(), disk).settle(target, Digest::of);
      } else if (HiddenNames.isFresh(target, file)
          && hasSettled(file)
          && HiddenFile.isLeftOver(file)) {
        disk.delete(file);
        LOG.info("removed {}, left by a save that did not end", file);
      }
    } catch (IOException e) {
      LOG.warn("cannot remove {}", file, e);
    }
  }

  /**
   * Whether a file is old enough, by its inode change time: the content of a file set aside may be
   * of any age.
   */
  private boolean hasSettled(Path file) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.getAttribute(file, "unix:ctime") instanceof FileTime changed
        && changed.toInstant().isBefore(clock.instant().minus(SETTLED));
  }
}
