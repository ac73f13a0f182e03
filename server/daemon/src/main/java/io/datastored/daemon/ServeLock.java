package io.datastored.daemon;

import io.datastored.file.LockFile;
import io.datastored.file.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A serve lock makes this process the only server of its state directory. Thread-safe; closing it
 * is idempotent. The kernel holds the lock, so it ends with the process in any case. Two servers
 * would hand out the same fencing tokens, and neither would recognise the other's leases.
 */
final class ServeLock implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(ServeLock.class);

  private static final String LOCK = "serve.lock";

  /** A separate file: closing a second descriptor of a locked file would release its lock. */
  private static final String HOLDER = "serve.pid";

  private final LockFile file;

  private ServeLock(LockFile file) {
    this.file = file;
  }

  /**
   * Takes the lock, or fails with the process that holds it.
   *
   * @throws DaemonStartException of kind LOCKED if another server has it
   */
  static ServeLock take(Path stateDirectory) throws DaemonStartException, IOException {
    Path holder = stateDirectory.resolve(HOLDER);
    LockFile file = null;
    boolean taken = false;
    try {
      file = LockFile.open(stateDirectory.resolve(LOCK));
      if (file.tryLock(Duration.ZERO).isEmpty()) {
        throw locked(stateDirectory, holder);
      }
      name(holder);
      taken = true;
      return new ServeLock(file);
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.IN_USE) {
        throw locked(stateDirectory, holder);
      }
      throw new DaemonStartException(DaemonStartException.Kind.ENGINE, e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      if (file != null && !taken) {
        close(file);
      }
    }
  }

  /** The process id is informational, so a full disk does not prevent the start. */
  private static void name(Path holder) {
    try {
      Files.writeString(holder, ProcessHandle.current().pid() + "\n");
    } catch (IOException e) {
      log.atWarn().log("cannot write the process id to {}: {}", holder, e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    close(file);
  }

  private static void close(LockFile file) throws IOException {
    try {
      file.close();
    } catch (StoreException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static DaemonStartException locked(Path stateDirectory, Path holder) {
    String by = pid(holder).map(pid -> " (process %d)".formatted(pid)).orElse("");
    return new DaemonStartException(
        DaemonStartException.Kind.LOCKED,
        "another server%s has the state directory %s".formatted(by, stateDirectory));
  }

  private static Optional<Long> pid(Path holder) {
    try {
      // May be the previous holder's, if the current one is about to write its own.
      long pid = Long.parseLong(Files.readString(holder).trim());
      return ProcessHandle.of(pid).map(ProcessHandle::pid);
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
