package io.datastored.file;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Process files are the files of a run directory that each belong to one process, and are removed
 * after its end. Thread-safe: listing takes a lock, since two threads must not judge the files of
 * one process at once.
 *
 * <pre>
 *   ID.counters    the content
 *   ID.life        empty; locked as long as the process lives
 *   .ID.new        the first one while it is created
 * </pre>
 *
 * The kernel lock shows whether a process is alive: it is dropped when the process ends in any way.
 * A pid can be reused by another process, a lock cannot. Names are random and never reused.
 */
public final class ProcessFiles {

  private static final Logger log = LoggerFactory.getLogger(ProcessFiles.class);

  private static final String VISIBLE = ".counters";
  private static final String LIFE = ".life";
  private static final String HIDDEN = ".new";

  private final Path directory;

  private ProcessFiles(Path directory) {
    this.directory = directory;
  }

  /** The process files of a directory. */
  public static ProcessFiles in(Path directory) {
    return new ProcessFiles(directory);
  }

  /** Writes the initial content of a process file, completely: a hole must not be mapped. */
  @FunctionalInterface
  public interface Content {
    /** Writes to a new file. */
    void writeTo(FileChannel file) throws IOException;
  }

  /**
   * The file of a live process. Immutable.
   *
   * @param id of the file, never reused
   * @param file to read and map
   * @param self whether it belongs to this process
   */
  public record Live(String id, Path file, boolean self) {}

  /**
   * Creates a file of this process.
   *
   * @throws StoreException when there is no space for it, or no permission
   */
  public ProcessFile create(RandomGenerator random, Content content) throws StoreException {
    String id = HexFormat.of().toHexDigits(random.nextLong());
    Path hidden = directory.resolve("." + id + HIDDEN);
    try {
      LockFile life = LockFile.open(life(id));
      try {
        return create(id, hidden, life, content);
      } catch (StoreException | IOException | RuntimeException e) {
        Files.deleteIfExists(hidden);
        Files.deleteIfExists(life(id));
        life.close();
        throw e;
      }
    } catch (IOException e) {
      throw StoreException.of("write", visible(id), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(StoreException.Reason.OTHER, "interrupted in " + directory);
    }
  }

  private ProcessFile create(String id, Path hidden, LockFile life, Content content)
      throws StoreException, IOException, InterruptedException {
    // Lock the file, write it, then rename it into view. If it were visible before it is locked,
    // another process could find the lock free, treat this one as dead and remove the file: no
    // process would see the operations counted in it, and a drain would complete while they are in
    // progress.
    if (life.tryLock(Duration.ZERO).isEmpty()) {
      throw new StoreException(StoreException.Reason.IN_USE, life + " is locked by somebody else");
    }
    try (FileChannel channel =
        FileChannel.open(
            hidden,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PrivateFile.ATTRIBUTE)) {
      content.writeTo(channel);
    }
    FileIdentity identity = FileIdentity.of(hidden);
    Files.move(hidden, visible(id), StandardCopyOption.ATOMIC_MOVE);
    return new ProcessFile(id, visible(id), life(id), identity, life);
  }

  /**
   * The files of other processes that are alive now. Files of dead ones are removed.
   *
   * @param own the file of this process, which is skipped
   * @throws StoreException when that cannot be determined for one of them
   */
  public synchronized ImmutableList<Live> live(ProcessFile own) throws StoreException {
    ImmutableList.Builder<Live> live = ImmutableList.builder();
    for (String id : ids(VISIBLE)) {
      if (!id.equals(own.id())) {
        judge(id).ifPresent(live::add);
      }
    }
    return live.build();
  }

  /**
   * Removes everything that belongs to no live process, including files of a process that died
   * while it started. The caller prevents other processes from starting.
   */
  public synchronized void sweep() throws StoreException {
    for (String id : ids(VISIBLE)) {
      Optional<Live> unused = judge(id);
    }
    for (String id : ids(HIDDEN)) {
      Optional<Live> unused = judge(id.substring(1));
    }
    for (String id : ids(LIFE)) {
      Optional<Live> unused = judge(id);
    }
  }

  private Optional<Live> judge(String id) throws StoreException {
    LockFile life;
    try {
      life = LockFile.open(life(id));
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.IN_USE) {
        // The file belongs to this process, to an engine that was closed while a handle was open.
        // Opening and closing its lock a second time would drop it.
        return Optional.of(new Live(id, visible(id), true));
      }
      throw e;
    }
    try (LockFile closed = life) {
      Optional<LockFile.Hold> hold = life.tryLock(Duration.ZERO);
      if (hold.isEmpty()) {
        return Optional.of(new Live(id, visible(id), false));
      }
      // Removed only by the holder of the lock, while it holds the lock.
      remove(id);
      return Optional.empty();
    } catch (IOException e) {
      throw StoreException.of("remove", visible(id), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(StoreException.Reason.OTHER, "interrupted in " + directory);
    }
  }

  private void remove(String id) throws IOException {
    boolean visible = Files.deleteIfExists(visible(id));
    boolean hidden = Files.deleteIfExists(directory.resolve("." + id + HIDDEN));
    Files.deleteIfExists(life(id));
    if (visible || hidden) {
      log.atInfo().log("removed {}, whose process has ended", visible(id));
    }
  }

  private List<String> ids(String ending) throws StoreException {
    List<String> ids = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + ending)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        ids.add(name.substring(0, name.length() - ending.length()));
      }
    } catch (DirectoryIteratorException e) {
      throw StoreException.of("list", directory, new IOException(e.getMessage(), e));
    } catch (IOException e) {
      throw StoreException.of("list", directory, e);
    }
    return ids;
  }

  private Path visible(String id) {
    return directory.resolve(id + VISIBLE);
  }

  private Path life(String id) {
    return directory.resolve(id + LIFE);
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
