package io.datastored.operation;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.file.ProcessFiles;
import io.datastored.file.ProcessFiles.Live;
import io.datastored.file.StoreException;
import io.datastored.history.Incarnation;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mapped counters are counters in mapped files of the run directory, one file for each process, so
 * that all processes of a state directory see each other's operations. Thread-safe: claiming and
 * listing take a lock, counting does not.
 *
 * <p>The operations of a process end with it: totals include only files whose lock is held. A
 * process that finds a file with a free lock removes it.
 */
public final class MappedCounters implements Counters {

  private static final Logger log = LoggerFactory.getLogger(MappedCounters.class);

  private final ProcessFiles files;
  private final OwnCounterFile own;

  /** By id of the file. A file is mapped once for the life of its process, not at every listing. */
  @GuardedBy("this")
  private Map<String, SeenCounterFile> seen = new HashMap<>();

  private volatile ImmutableList<ProcessCounters> known;

  MappedCounters(ProcessFiles files, OwnCounterFile own) {
    this.files = files;
    this.own = own;
    this.known = ImmutableList.of(own.counters());
  }

  /**
   * Creates the file of this process.
   *
   * @param run id of the run directory's run
   * @param program name of this process, for display
   * @throws StoreException when there is no space for it, or no permission
   */
  public static MappedCounters open(
      ProcessFiles files, Incarnation run, String program, RandomGenerator random)
      throws StoreException {
    return open(files, run, program, OwnCounterFile::append, random);
  }

  static MappedCounters open(
      ProcessFiles files,
      Incarnation run,
      String program,
      OwnCounterFile.Growth growth,
      RandomGenerator random)
      throws StoreException {
    return new MappedCounters(
        files, OwnCounterFile.create(files, run.value(), program, growth, random));
  }

  @Override
  public Counter claim(DatastoreName name, Path basePath) throws StoreException {
    return own.claim(name, basePath);
  }

  @Override
  public synchronized ImmutableList<ProcessCounters> live() throws StoreException {
    ImmutableList.Builder<ProcessCounters> live = ImmutableList.builder();
    live.add(own.counters());
    Map<String, SeenCounterFile> still = new HashMap<>();
    for (Live other : files.live(own.file())) {
      Optional<SeenCounterFile> file = read(other);
      file.ifPresent(
          found -> {
            live.add(found.counters());
            still.put(other.id(), found);
          });
    }
    seen = still;
    known = live.build();
    return known;
  }

  /**
   * The file of another process; empty if that process has removed it since, and so has nothing in
   * progress.
   */
  @GuardedBy("this")
  private Optional<SeenCounterFile> read(Live other) throws StoreException {
    try {
      SeenCounterFile file = seen.get(other.id());
      if (file == null) {
        file = SeenCounterFile.open(other);
      }
      file.readOn();
      return Optional.of(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreException.of("read", other.file(), e);
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      // The process is alive and may have operations that cannot be read: no answer is better than
      // a wrong one.
      throw new StoreException(
          StoreException.Reason.OTHER,
          other.file() + " cannot be read, though its process is alive: " + e.getMessage());
    }
  }

  @Override
  public ImmutableList<ProcessCounters> known() {
    return known;
  }

  @Override
  public boolean intact() {
    return own.file().intact();
  }

  @Override
  public void close() {
    try {
      own.file().close();
    } catch (StoreException e) {
      log.atWarn().log("{}; another process removes it later", e.getMessage());
    }
  }

  @Override
  public String toString() {
    return own.toString();
  }
}
