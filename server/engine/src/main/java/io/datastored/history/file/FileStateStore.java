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
 * A file state store is a state store in one small file, replaced as a whole. Thread-safe.
 *
 * <p>Each commit has a {@link CommitMark}, which is recorded in the claim of the configuration file
 * after it is durable. So a state file older than the last commit is recognized as restored,
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

  /** The claim in which each commit is recorded, once it is known. */
  private volatile Optional<Claim> claim = Optional.empty();

  /**
   * The state last read or written, identified by its bytes, so that the same content is not parsed
   * twice. The identity of the file is not sufficient: after two commits an inode may be reused.
   */
  private volatile @Nullable Known known;

  private volatile boolean lossesMeant;

  /** The last commit that was found in the file or written to it. */
  private volatile CommitMark last = CommitMark.NONE;

  /**
   * A known state is bytes and their parsed form. Immutable.
   *
   * <p>While the file has this stamp, and the stamp reveals every later write, the file need not be
   * read.
   */
  private record Known(byte[] bytes, StateText.Kept kept, Optional<FileStamp> stamp) {

    Known in(Optional<FileStamp> file) {
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
    this.file = AtomicFile.forOwnerOnly(path, disk);
    this.commitLock = commitLock;
    this.machine = machine;
    this.random = random;
    this.clock = clock;
  }

  /** Records each commit in a claim from now on. */
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

  /** Loads the state at the start. A damaged file is renamed and kept, and a new history begins. */
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

  /** The content of the file; empty if it is missing, or older than the last commit. */
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
      // A backup was restored while the directory is in use: its successor would get a commit
      // number that is taken. A caller that continues from the state that it knows overwrites the
      // backup.
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

  /**
   * The known state after a commit, with the stamp of the file if the file is certainly unchanged
   * since.
   */
  private Known placed(Known next, FileStamp prepared) {
    try {
      Instant looked = clock.instant();
      FileStamp present = FileStamp.of(path);
      return next.in(
          Optional.of(present)
              .filter(taken -> prepared.isSameContent(taken) && taken.tellsWritesAfter(looked)));
    } catch (IOException e) {
      log.atDebug()
          .setCause(e)
          .log("cannot check {} now; it is read again at the next check", path);
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

  /** Accepts configurations that have lost datastores without a consent. */
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
        // Update the claim last, when the state is durable. If the process dies or the power fails
        // in between, the claim is behind the state, and the history continues. In the opposite
        // order the state would be behind its claim, as after a restore.
        claim.ifPresent(told -> told.note(next.revision(), kept.mark()));
        if (Files.exists(consent)) {
          Consent.spendContent(consent);
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
