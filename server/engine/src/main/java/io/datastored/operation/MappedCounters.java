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
 * Mapped counters are counters in files of the run directory, one of each process, so that all
 * processes of a state directory see what is in progress in each. Thread-safe: claiming and looking
 * take a lock, counting does not.
 *
 * <p>A process that dies takes its operations with it: the totals are those of the files whose lock
 * is held. A file with a free lock is removed by whoever finds it.
 */
public final class MappedCounters implements Counters {

  private static final Logger log = LoggerFactory.getLogger(MappedCounters.class);

  private final ProcessFiles files;
  private final OwnCounterFile own;

  /** By id of the file. A mapping is made once for the life of a process, not at every look. */
  @GuardedBy("this")
  private Map<String, SeenCounterFile> seen = new HashMap<>();

  private volatile ImmutableList<ProcessCounters> known;

  MappedCounters(ProcessFiles files, OwnCounterFile own) {
    this.files = files;
    this.own = own;
    this.known = ImmutableList.of(own.counters());
  }

  /**
   * Makes the file of this process.
   *
   * @param run of the run directory
   * @param program what this process calls itself, for people
   * @throws StoreException when there is no room for it, or no permission
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

  /** Nothing when the process has taken its file away since, and so has nothing in progress. */
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
      // Its process is alive and may count what nobody can read: better no answer than a wrong one.
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
