package io.datastored.history.file;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.file.FileIdentity;
import io.datastored.file.PrivateFile;
import io.datastored.history.AcceptedState;
import io.datastored.history.CommitMark;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A claim is the exclusive use of a configuration file by one state directory, recorded in a file
 * beside the configuration. Thread-safe.
 *
 * <p>Every process of a state directory holds a shared kernel lock on the claim file, so processes
 * of another state directory are refused: otherwise each group would report DRAINED in spite of the
 * leases of the other. The claim also records the last commit of each history. A backup of the
 * state directory does not include the claim, so a restored state directory is detected.
 *
 * <p>A process opens the file only once: closing any other channel on it would drop the lock.
 */
final class Claim implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Claim.class);

  private static final String REGISTRY = "io.datastored.claim:";

  /** Far beyond the text: the locks are on byte ranges, and none of them covers the text. */
  private static final long USERS = 1L << 40;

  /** Held briefly by a process that is joining. */
  private static final long JOINING = USERS + 1;

  private static final int LONGEST = 1 << 16;
  private static final long PAUSE_MILLIS = 5;

  private final Path configFile;
  private final Optional<Path> running;
  private final Duration wait;

  @GuardedBy("this")
  private ClaimText text;

  @GuardedBy("this")
  private @Nullable Held held;

  /** The last failure to record a commit, so that it is logged once. */
  @GuardedBy("this")
  private @Nullable String failure;

  private Claim(Path configFile, Optional<Path> running, Duration wait, ClaimText text) {
    this.configFile = configFile;
    this.running = running;
    this.wait = wait;
    this.text = text;
  }

  /** An open claim file with this process's share of its lock. Its fields do not change. */
  private record Held(
      ClaimPlace place, FileIdentity identity, FileChannel channel, MembershipLock users) {

    boolean isInPlace() {
      try {
        return identity.equals(FileIdentity.of(place.file()));
      } catch (IOException e) {
        return false;
      }
    }

    Optional<ClaimText> read() throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(channel.size(), LONGEST));
      while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
        // Until all is read.
      }
      return ClaimText.read(java.util.Arrays.copyOf(bytes.array(), bytes.position()));
    }

    /** Overwrites the text in place, in one step if it is shorter than a page; not synced. */
    void write(ClaimText next) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(next.bytes());
      while (bytes.hasRemaining()) {
        int unused = channel.write(bytes, bytes.position());
      }
    }

    void release() throws IOException {
      try {
        channel.close();
      } finally {
        System.getProperties().remove(REGISTRY + place.file());
      }
    }
  }

  /** Thrown if another state directory uses the configuration. */
  private static final class TakenException extends Exception {
    private static final long serialVersionUID = 1L;

    private TakenException(String message) {
      super(message);
    }
  }

  /**
   * Claims a configuration file. The caller holds the commit lock of its state directory.
   *
   * @param running the runtime directory, for a claim that cannot be beside the configuration
   * @param run the run shared by the processes of the state directory, and by no others
   * @param wait how long to wait for a process that is joining
   * @throws StateDirectoryException when processes of another state directory use it
   */
  static Claim open(
      Path configFile, Optional<Path> running, Incarnation run, Path stateDirectory, Duration wait)
      throws StateDirectoryException {
    ClaimText own = new ClaimText(run, stateDirectory, ImmutableList.of(), ImmutableList.of());
    Claim claim = new Claim(configFile, running, wait, own);
    try {
      claim.take();
    } catch (TakenException e) {
      throw new StateDirectoryException(String.valueOf(e.getMessage()), e);
    }
    return claim;
  }

  /** Takes the best available place, or none if none permits a claim. */
  private synchronized void take() throws TakenException {
    try {
      for (ClaimPlace place : ClaimPlace.of(configFile, running)) {
        try {
          held = join(place);
          return;
        } catch (IOException e) {
          log.atInfo().log(
              "cannot keep the claim on {} in {}: {}", configFile, place.file(), e.toString());
        }
      }
    } catch (IOException e) {
      log.atInfo().log("cannot keep a claim on {}: {}", configFile, e.toString());
    }
  }

  @GuardedBy("this")
  private Held join(ClaimPlace place) throws IOException, TakenException {
    if (System.getProperties().putIfAbsent(REGISTRY + place.file(), "open") != null) {
      throw new TakenException(taken("another engine of this process uses", Optional.empty()));
    }
    Held joined = null;
    try {
      FileChannel channel = PrivateFile.open(place.file());
      try {
        Held opened =
            new Held(
                place, FileIdentity.of(place.file()), channel, MembershipLock.on(channel, USERS));
        join(opened);
        joined = opened;
        return joined;
      } finally {
        if (joined == null) {
          channel.close();
        }
      }
    } finally {
      if (joined == null) {
        System.getProperties().remove(REGISTRY + place.file());
      }
    }
  }

  /**
   * Joins the users of the file. The JOINING lock is held, so no other process joins or changes the
   * file in between.
   */
  @GuardedBy("this")
  private void join(Held opened) throws IOException, TakenException {
    try (FileLock joining = await(opened.channel())) {
      boolean alone = opened.users().alone();
      Optional<ClaimText> found = opened.read();
      if (!alone && !found.map(ClaimText::run).equals(Optional.of(text.run()))) {
        throw new TakenException(taken("another server or embedder uses", found));
      }
      opened.users().join();
      ImmutableList.Builder<Long> pids = ImmutableList.builder();
      found.filter(before -> !alone).ifPresent(before -> before.livePids().forEach(pids::add));
      pids.add(ProcessHandle.current().pid());
      text =
          new ClaimText(
              text.run(),
              text.stateDirectory(),
              pids.build(),
              found.map(ClaimText::histories).orElse(text.histories()));
      opened.write(text);
    }
  }

  private FileLock await(FileChannel channel) throws IOException {
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      FileLock joining = channel.tryLock(JOINING, 1, false);
      if (joining != null) {
        return joining;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IOException(
            "another process has been joining for more than " + wait.toMillis() + " ms");
      }
      try {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while another process joins", e);
      }
    }
  }

  private String taken(String who, Optional<ClaimText> found) {
    String by =
        found
            .map(
                other ->
                    " (process %s, state directory %s)"
                        .formatted(
                            other.livePids().isEmpty()
                                ? "of another container or host"
                                : com.google.common.base.Joiner.on(", ").join(other.livePids()),
                            other.stateDirectory()))
            .orElse("");
    return "%s the configuration %s with another state directory%s; stop it, or use its state directory"
        .formatted(who, configFile, by);
  }

  /** Why a state is not the last one of its history; empty if it is, as far as is known. */
  synchronized Optional<String> objection(AcceptedState state, CommitMark mark) {
    return text.history(state.revision().incarnation()).flatMap(seen -> seen.objection(mark));
  }

  /** The highest generation of a history that was seen. */
  synchronized Generation seen(Incarnation incarnation) {
    return text.history(incarnation).map(ClaimText.History::generation).orElse(Generation.NONE);
  }

  /** Records a durable commit. A failure is harmless: a history may be ahead of its claim. */
  synchronized void note(Revision revision, CommitMark mark) {
    ClaimText.History latest =
        new ClaimText.History(
            revision.incarnation(), mark.number(), mark.id(), revision.generation());
    text = text.with(latest);
    try {
      if (held != null && !held.isInPlace()) {
        // The directory was moved, or the file was removed.
        Held lost = held;
        held = null;
        lost.release();
        take();
        text = text.with(latest);
      }
      if (held != null) {
        held.write(text);
      }
      failure = null;
    } catch (IOException | TakenException e) {
      if (!String.valueOf(e.getMessage()).equals(failure)) {
        failure = String.valueOf(e.getMessage());
        log.atWarn().log("cannot save the claim on {}: {}", configFile, failure);
      }
    }
  }

  /** Why a restored state directory could not be detected; empty if it would be. */
  synchronized Optional<String> historyConcern() {
    Held present = held;
    if (present != null && present.place().lasting()) {
      return Optional.empty();
    }
    String when = present == null ? "" : " after a reboot";
    return Optional.of(
        "a restore of the state directory "
            + text.stateDirectory()
            + " from a backup could not be noticed"
            + when
            + ", because this process keeps no file beside "
            + configFile
            + ": the directory is not writable or belongs to another user. After such a restore run"
            + " `datastored accept --restored` before the server is started");
  }

  /** Why a second server could not be detected; empty if it would be. */
  synchronized Optional<String> secondServerConcern() {
    return held != null
        ? Optional.empty()
        : Optional.of(
            "a second server on the configuration "
                + configFile
                + " could not be noticed: neither its directory nor a runtime directory accepts a"
                + " lock file. Make sure that only one state directory is used with it");
  }

  /** Releases the file but does not remove it: it records the last commit of the history. */
  @Override
  public synchronized void close() throws IOException {
    Held present = held;
    held = null;
    if (present != null) {
      present.release();
    }
  }

  @Override
  public synchronized String toString() {
    return "claim of " + configFile + (held == null ? "" : " in " + held.place().file());
  }
}
