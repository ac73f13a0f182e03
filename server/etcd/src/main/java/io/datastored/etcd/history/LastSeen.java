package io.datastored.etcd.history;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableSet;
import io.datastored.file.AtomicFile;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.history.Incarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A last-seen file remembers, across restarts of a server, the head that it has served last. It is
 * written before that is served. So a server that starts after etcd was restored from a backup
 * finds out that its clients have seen more than is there. Thread-safe: the follower writes under
 * its lock.
 *
 * <p>It also remembers the incarnations that were served before that one. An operator has put
 * another one in their place, so a backup from before is a fork as well, and not another history
 * that somebody has begun.
 *
 * <p>A file that cannot be written holds nothing up: otherwise a full disk of one server would hold
 * up every drain. It matters only if etcd is set back, too, and this server is started again.
 */
public final class LastSeen {

  /** Its name in the state directory. */
  public static final String NAME = "last-seen";

  private static final Logger log = LoggerFactory.getLogger(LastSeen.class);

  /** Before the incarnations that were served before the last one, in the file. */
  private static final String EARLIER = "earlier ";

  private final @Nullable Path path;
  private final DiskSteps disk;

  /** The incarnation that was served last; null while nothing was. */
  private volatile @Nullable Incarnation last;

  /** Those that were served before. */
  private volatile ImmutableSet<Incarnation> earlier = ImmutableSet.of();

  /** Why the last head could not be remembered. */
  private volatile @Nullable String failure;

  private LastSeen(@Nullable Path path, DiskSteps disk) {
    this.path = path;
    this.disk = disk;
  }

  /** That of a server with a state directory. */
  public static LastSeen in(Path stateDirectory, DiskSteps disk) {
    return new LastSeen(stateDirectory.resolve(NAME), disk);
  }

  /** None, for a program that serves nothing. */
  public static LastSeen none() {
    return new LastSeen(null, DiskSteps.REAL);
  }

  /** Why what is served now is not remembered; empty if it is. */
  public Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Why what is in etcd is not what was served last; empty if it is, or cannot be told. A history
   * with another incarnation was begun by an operator, and is followed.
   *
   * @throws StoreException when the file cannot be read
   */
  Optional<String> fork(HeadText found) throws StoreException {
    Optional<HeadText> remembered = read();
    if (remembered.isEmpty()) {
      return Optional.empty();
    }
    HeadText served = remembered.get();
    if (wasReplaced(found.revision().incarnation())) {
      return Optional.of(
          "%s was found, whose history was replaced before %s was served".formatted(found, served));
    }
    if (!found.revision().sameHistory(served.revision())) {
      log.atWarn()
          .addKeyValue("served", served)
          .addKeyValue("found", found)
          .log("this is another history than the one that this server has served before");
      return Optional.empty();
    }
    return switch (found.to(served)) {
      case SAME, LATER -> Optional.empty();
      case OUT_OF_SIGHT -> {
        log.atWarn()
            .addKeyValue("served", served)
            .addKeyValue("found", found)
            .log("more commits were missed than the head remembers: cannot tell a fork");
        yield Optional.empty();
      }
      case FORK -> Optional.of("%s was served, %s was found".formatted(served, found));
    };
  }

  /** Whether another one was served in its place: what has it is a backup from before. */
  boolean wasReplaced(Incarnation incarnation) {
    return earlier.contains(incarnation);
  }

  private Optional<HeadText> read() throws StoreException {
    if (path == null) {
      return Optional.empty();
    }
    try {
      HeadText head = HeadText.read(Files.readAllBytes(path));
      earlier =
          head.others().stream()
              .filter(line -> line.startsWith(EARLIER))
              .map(line -> new Incarnation(line.substring(EARLIER.length())))
              .collect(toImmutableSet());
      last = head.revision().incarnation();
      return Optional.of(head);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreException.of("read", path, e);
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          StoreException.Reason.OTHER,
          "%s is damaged: %s. If etcd was not restored from a backup since this server ran, remove"
                  .formatted(path, e.getMessage())
              + " the file");
    }
  }

  /** Remembers what is about to be served. */
  void remember(HeadText head) {
    Incarnation before = last;
    Incarnation now = head.revision().incarnation();
    if (before != null && !before.equals(now)) {
      earlier = ImmutableSet.<Incarnation>builder().addAll(earlier).add(before).build();
    }
    last = now;
    if (path == null) {
      return;
    }
    StringBuilder lines = new StringBuilder(new String(head.write(), UTF_8));
    earlier.forEach(incarnation -> lines.append(EARLIER).append(incarnation).append('\n'));
    try {
      new AtomicFile(path, disk).replace(lines.toString().getBytes(UTF_8));
      if (failure != null) {
        log.atInfo().log("what is served is remembered again in {}", path);
      }
      failure = null;
    } catch (StoreException e) {
      if (failure == null) {
        log.atError()
            .log(
                "what is served cannot be remembered, so that this server would not notice at its"
                    + " next start that etcd was set back: {}",
                e.getMessage());
      }
      failure = e.getMessage();
    }
  }
}
