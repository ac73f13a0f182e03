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
 * Known contents are the last content that was found in a file, and the one that is to replace it:
 * bytes that are one of them need no other digest, and a file whose stamp is that of the last look
 * need not be read. A file is looked at several times for each change, and reading and comparing
 * takes an eighth of the time of a digest, a stamp nearly none. Thread-safe.
 */
final class KnownContents {

  @GuardedBy("this")
  private @Nullable ConfigContent found;

  /** Whether nobody can write to the file any more without giving it another stamp. */
  @GuardedBy("this")
  private boolean sure;

  @GuardedBy("this")
  private @Nullable ConfigContent next;

  /** A content is about to be put into the file. */
  synchronized void expect(ConfigContent content) {
    next = content;
  }

  /**
   * The content of a file that has these bytes, which is the one that was found from now on.
   *
   * @param began when the reading of the bytes began
   * @param stamp of the file, taken when they had been read
   */
  ConfigContent found(byte[] bytes, Instant began, FileStamp stamp) {
    ConfigContent content = known(bytes).orElseGet(() -> ConfigContent.of(bytes)).in(stamp);
    synchronized (this) {
      if (next != null && next.bytes() == content.bytes()) {
        next = null;
      }
      found = content;
      // Asked after the bytes: a write that came between them would have its time from then.
      sure = stamp.restsAt(began);
    }
    return content;
  }

  /**
   * The expected content was put into the file.
   *
   * @param written the stamp of the new file when nobody else knew it yet
   * @param looked when its present stamp was about to be taken
   * @param present its stamp in its place
   */
  synchronized void placed(FileStamp written, Instant looked, FileStamp present) {
    if (next != null && written.isSameContent(present)) {
      found = next.in(present);
      sure = present.tellsWritesAfter(looked);
      next = null;
    }
  }

  /** The content of a file with this stamp, when that tells it. */
  Optional<ConfigContent> unchanged(FileStamp present) {
    return told(present::equals);
  }

  /** The same for a file that was given another name meanwhile. */
  Optional<ConfigContent> unwritten(FileStamp present) {
    return told(present::isSameContent);
  }

  /** The content that was found last, if it has this digest. */
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
