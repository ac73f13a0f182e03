package io.datastored.history.file;

import io.datastored.file.AtomicFile;
import io.datastored.file.Digest;
import io.datastored.file.DiskSteps;
import io.datastored.file.FileIdentity;
import io.datastored.file.FileStamp;
import io.datastored.file.LockFile;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.CommitMark;
import io.datastored.history.Machine;
import io.datastored.history.StateText;
import io.datastored.history.Store;
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
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file state store keeps the accepted state in one small file, replaced as a whole. Thread-safe.
 *
 * <p>Each commit has a {@link CommitMark}, which the claim of the configuration file is told after
 * it is durable. So a file that fell behind what was committed is known for a restored one,
 * whatever its metadata are.
 */
final class FileStateStore implements StateStore {

  private static final Logger log = LoggerFactory.getLogger(FileStateStore.class);

  private final Path path;
  private final Path consent;
  private final AtomicFile file;
  private final LockFile commitLock;
  private final Machine machine;
  private final RandomGenerator random;
  private final InstantSource clock;

  /** What is told of each commit, once that is known. */
  private volatile Optional<Claim> claim = Optional.empty();

  /**
   * What was read or written last, by its bytes: one content is not parsed twice. Not by the
   * identity of the file: after two commits an inode may be in use again.
   */
  private volatile @Nullable Known known;

  private volatile boolean lossesMeant;

  /** The last commit that was found in the file or put there. */
  private volatile CommitMark last = CommitMark.NONE;

  /**
   * A known state is bytes and what they say. Immutable.
   *
   * <p>While the file has a stamp that tells every later write, it need not be read.
   */
  private static final class Known {
    private final byte[] bytes;
    private final StateText.Kept kept;
    private final Optional<FileStamp> stamp;

    private Known(byte[] bytes, StateText.Kept kept, Optional<FileStamp> stamp) {
      this.bytes = bytes;
      this.kept = kept;
      this.stamp = stamp;
    }

    private Known in(Optional<FileStamp> file) {
      return new Known(bytes, kept, file);
    }
  }

  FileStateStore(
      Path path,
      DiskSteps disk,
      LockFile commitLock,
      Machine machine,
      RandomGenerator random,
      InstantSource clock) {
    this.path = path;
    this.consent = path.resolveSibling(Consent.NAME);
    this.file = new AtomicFile(path, disk);
    this.commitLock = commitLock;
    this.machine = machine;
    this.random = random;
    this.clock = clock;
  }

  /** Tells the claim of each commit from now on. */
  void tell(Claim told) {
    claim = Optional.of(told);
  }

  @Override
  public Optional<AcceptedState> refresh() throws StoreException {
    Known found = known;
    try {
      return found != null && found.stamp.equals(Optional.of(FileStamp.of(path)))
          ? Optional.of(found.kept.state())
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
      return read().map(StateText.Kept::state);
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          StoreException.Reason.OTHER, "the state file " + path + " is damaged: " + e.getMessage());
    }
  }

  /** Loads at start; a file that cannot be read is kept beside, and a new history begins. */
  Optional<StateText.Kept> loadOrSetAside(Instant now)
      throws StoreException, StateDirectoryException, IOException {
    file.removeLeftovers(clock);
    try {
      return read();
    } catch (StateText.LaterVersionException e) {
      throw new StateDirectoryException(
          "the state file " + path + " cannot be used: " + e.getMessage() + "; start that version");
    } catch (IllegalArgumentException e) {
      Path aside = path.resolveSibling("state.damaged-" + now.getEpochSecond());
      Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
      log.atError()
          .log("the state file {} is damaged ({}); it is kept as {}", path, e.getMessage(), aside);
      return Optional.empty();
    }
  }

  /** What the file holds; nothing when it is not there, or is older than what was committed. */
  private Optional<StateText.Kept> read() throws StoreException {
    try {
      while (true) {
        FileIdentity before = FileIdentity.of(path);
        Instant began = clock.instant();
        byte[] bytes = Files.readAllBytes(path);
        FileStamp stamp = FileStamp.of(path);
        if (stamp.identity().equals(before)) {
          return accept(parse(bytes).in(Optional.of(stamp).filter(taken -> taken.restsAt(began))));
        }
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreException.of("read", path, e);
    }
  }

  private Optional<StateText.Kept> accept(Known found) {
    if (found.kept.mark().number() < last.number()) {
      // Somebody put a backup there while it is in use: its successor would get a number that is
      // taken. Whoever goes on from what he knows puts the present state in its place.
      return Optional.empty();
    }
    known = found;
    last = found.kept.mark();
    return Optional.of(found.kept);
  }

  private Known parse(byte[] bytes) {
    Known found = known;
    return found != null && Arrays.equals(found.bytes, bytes)
        ? found
        : new Known(bytes, StateText.read(bytes), Optional.empty());
  }

  /** A state is in the file now; where nobody has touched it since, it need not be read. */
  private Known placed(Known next, FileStamp prepared) {
    try {
      Instant looked = clock.instant();
      FileStamp present = FileStamp.of(path);
      return next.in(
          Optional.of(present)
              .filter(taken -> prepared.isSameContent(taken) && taken.tellsWritesAfter(looked)));
    } catch (IOException e) {
      log.atDebug().setCause(e).log("{} is read at the next look", path);
      return next;
    }
  }

  @Override
  public String describe() {
    return String.valueOf(path.getParent());
  }

  @Override
  public boolean isMeant(Digest accepted, Digest found) {
    return lossesMeant || Consent.isGiven(consent, accepted, found);
  }

  /** Believes a configuration that has lost datastores, whoever says nothing. */
  void believeLosses() {
    lossesMeant = true;
  }

  @Override
  public Prepared prepare(AcceptedState next) throws StoreException {
    StateText.Kept kept = new StateText.Kept(next, last.next(random), machine);
    byte[] text = StateText.write(kept);
    AtomicFile.Replacement replacement = file.prepare(text);
    return new Prepared() {
      @Override
      public void commit() throws StoreException {
        replacement.commit();
        last = kept.mark();
        known = placed(new Known(text, kept, Optional.empty()), replacement.written());
        // The claim last, when the state is durable. A process that dies between the two, or a
        // power cut, leaves a claim that is behind the state: the history goes on. The other way
        // round it would leave a state behind its claim, which is what a restore looks like.
        claim.ifPresent(told -> told.note(next.revision(), kept.mark()));
        if (Files.exists(consent)) {
          Consent.spend(consent);
        }
      }

      @Override
      public void close() {
        replacement.close();
      }
    };
  }

  @Override
  public Store.Held lock(Duration wait) throws StoreException {
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

  void close() throws StoreException {
    commitLock.close();
  }
}
