package io.datastored.history.file;

import io.datastored.file.BreakableDisk;
import io.datastored.file.BreakableDisk.Step;
import io.datastored.file.DiskSteps;
import io.datastored.history.FaultyStore;
import io.datastored.history.Store;
import io.datastored.history.StoreContract;
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

    private final BreakableDisk disk = new BreakableDisk();

    @Override
    DiskSteps disk() {
      return disk;
    }

    @Override
    Store open(FileStoreOptions options) throws Exception {
      FileStore store = FileStore.open(options);
      disk.fail(new OneStepLonger());
      return store;
    }
  }

  /** Lets a disk work for one step longer after each failure. Confined to one thread. */
  private static final class OneStepLonger implements BreakableDisk.Fault {

    private int reach;
    private int done;

    @Override
    public void at(Step step, Path file) throws IOException {
      // What cannot be dropped is dropped at the next start.
      if (step != Step.DELETE && done++ == reach) {
        reach++;
        done = 0;
        throw new IOException("Input/output error");
      }
    }
  }
}
