package io.datastored.history.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.file.Digest;
import io.datastored.file.FileStamp;
import io.datastored.history.ConfigContent;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Known contents are the last content found in a file, and the content that is to replace it.
 * Thread-safe. Bytes equal to one of them need no new digest, and a file with the stamp of the last
 * look need not be read. A file is checked several times for each change; comparing is much cheaper
 * than a digest, and a stamp is cheaper still.
 */
final class KnownContents {

  @GuardedBy("this")
  private @Nullable ConfigContent found;

  /** Whether every later write to the file changes its stamp. */
  @GuardedBy("this")
  private boolean sure;

  @GuardedBy("this")
  private @Nullable ConfigContent next;

  /** Records a content that is about to be written to the file. */
  synchronized void expect(ConfigContent content) {
    next = content;
  }

  /**
   * Records the bytes found in the file as the last content.
   *
   * @param began when the reading of the bytes began
   * @param stamp of the file, taken after they were read
   */
  ConfigContent found(byte[] bytes, Instant began, FileStamp stamp) {
    ConfigContent content = known(bytes).orElseGet(() -> ConfigContent.of(bytes)).in(stamp);
    synchronized (this) {
      if (next != null && next.bytes() == content.bytes()) {
        next = null;
      }
      found = content;
      // The stamp was read after the bytes: a write in between would have set a time after `began`.
      sure = stamp.restsAt(began);
    }
    return content;
  }

  /**
   * Records that the expected content was written to the file.
   *
   * @param written the stamp of the new file before it became visible
   * @param looked when its present stamp was about to be read
   * @param present its stamp after the rename
   */
  synchronized void placed(FileStamp written, Instant looked, FileStamp present) {
    if (next != null && written.isSameContent(present)) {
      found = next.in(present);
      sure = present.tellsWritesAfter(looked);
      next = null;
    }
  }

  /** The content of a file with this stamp, if the stamp identifies it. */
  Optional<ConfigContent> unchanged(FileStamp present) {
    return told(present::equals);
  }

  /** The content of a file with this stamp, even if the file was renamed since. */
  Optional<ConfigContent> unwritten(FileStamp present) {
    return told(present::isSameContent);
  }

  /** The last content found, if it has this digest. */
  synchronized Optional<ConfigContent> found(Digest digest) {
    return Optional.ofNullable(found).filter(last -> last.digest().equals(digest));
  }

  private synchronized Optional<ConfigContent> told(Predicate<FileStamp> same) {
    return Optional.ofNullable(found).filter(last -> sure && last.stamp().filter(same).isPresent());
  }

  /** The digest of these bytes. */
  Digest digest(byte[] bytes) {
    return known(bytes).map(ConfigContent::digest).orElseGet(() -> Digest.of(bytes));
  }

  private Optional<ConfigContent> known(byte[] bytes) {
    ConfigContent first;
    ConfigContent second;
    synchronized (this) {
      first = found;
      second = next;
    }
    if (first != null && Arrays.equals(first.bytes(), bytes)) {
      return Optional.of(first);
    }
    return second != null && Arrays.equals(second.bytes(), bytes)
        ? Optional.of(second)
        : Optional.empty();
  }
}
