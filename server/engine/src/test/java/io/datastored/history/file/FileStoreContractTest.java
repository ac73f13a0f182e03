package io.datastored.history.file;

import io.datastored.file.DiskSteps;
import io.datastored.history.FaultyStore;
import io.datastored.history.Store;
import io.datastored.history.StoreContract;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

final class FileStoreContractTest {

  private abstract static class Contract extends StoreContract {

    @TempDir Path directory;
    private Store store;

    abstract Store open(FileStoreOptions options) throws Exception;

    StoreFiles files() {
      return new StoreFiles(directory);
    }

    DiskSteps disk() {
      return DiskSteps.REAL;
    }

    @Override
    protected Store store() {
      if (store == null) {
        try {
          store = open(files().options(Optional.of(directory.resolve("run")), disk()));
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
      return store;
    }

    @Override
    protected void edit(String config) throws IOException {
      Files.writeString(files().config(), config);
    }

    @Override
    protected void remove() throws IOException {
      Files.delete(files().config());
    }

    @Override
    protected void loseState() throws IOException {
      Files.delete(files().state().resolve("state"));
    }
  }

  @Nested
  final class Shared extends Contract {
    @Override
    Store open(FileStoreOptions options) throws Exception {
      return FileStore.open(options);
    }
  }

  @Nested
  final class Faulty extends Contract {
    @Override
    Store open(FileStoreOptions options) throws Exception {
      return new FaultyStore(FileStore.open(options));
    }
  }

  /** Each step of a commit fails once, the first one first, before the commit succeeds. */
  @Nested
  final class OnAFailingDisk extends Contract {

    private final FailingDisk disk = new FailingDisk();

    @Override
    DiskSteps disk() {
      return disk;
    }

    @Override
    Store open(FileStoreOptions options) throws Exception {
      FileStore store = FileStore.open(options);
      disk.begin();
      return store;
    }
  }

  /** A disk that works for one step longer after each failure. Confined to one thread. */
  private static final class FailingDisk implements DiskSteps {

    private int reach = Integer.MAX_VALUE;
    private int done;

    void begin() {
      reach = 0;
      done = 0;
    }

    private void step() throws IOException {
      if (done++ == reach) {
        reach++;
        done = 0;
        throw new IOException("Input/output error");
      }
    }

    @Override
    public FileOutputStream create(Path file) throws IOException {
      step();
      return REAL.create(file);
    }

    @Override
    public void write(FileOutputStream file, byte[] content) throws IOException {
      step();
      REAL.write(file, content);
    }

    @Override
    public void sync(FileOutputStream file) throws IOException {
      step();
      REAL.sync(file);
    }

    @Override
    public void link(Path existing, Path link) throws IOException {
      step();
      REAL.link(existing, link);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      step();
      REAL.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
      // What cannot be dropped is dropped at the next start.
      REAL.delete(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
      step();
      REAL.syncDirectory(directory);
    }
  }
}
