package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.file.BreakableDisk;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.operation.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

final class FilePromiseBookContractTest {

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));
  private static final PromiseBounds NEW =
      new PromiseBounds(Duration.ofMinutes(10), ClockSlack.NONE, EarlierLeases.NONE);

  @Nested
  final class OnADiskThatWorks extends OfAFile {
    OnADiskThatWorks() {
      super(new BreakableDisk());
    }
  }

  @Nested
  final class OnADiskThatFailsAtEachStep extends OfAFile {
    OnADiskThatFailsAtEachStep() {
      super(new BreakableDisk().fail(new EachStepFails()));
    }
  }

  abstract static class OfAFile extends PromiseBookContract {

    @TempDir Path directory;
    private final DiskSteps disk;

    OfAFile(DiskSteps disk) {
      this.disk = disk;
    }

    @Override
    protected FilePromiseBook open() throws Exception {
      FilePromiseBook[] opened = new FilePromiseBook[1];
      insist(() -> opened[0] = FilePromiseBook.open(directory, NEW, CLOCK, disk), () -> {});
      return opened[0];
    }

    @Override
    protected Duration owed() throws Exception {
      PromisesOnDisk found = PromisesOnDisk.in(directory);
      return found.settled() ? Duration.ZERO : found.longest();
    }

    @Override
    protected long unused() throws Exception {
      return FilePromiseBook.open(directory, NEW, CLOCK, DiskSteps.REAL).firstToken();
    }

    @Override
    protected long drained(PromiseBook book) throws StoreException {
      FilePromiseBook ledger = (FilePromiseBook) book;
      long last = FilePromiseBook.open(directory, NEW, CLOCK, DiskSteps.REAL).firstToken() - 1;
      long before = ledger.floor(ALPHA, Operation.WRITE);
      try {
        ledger.remember(List.of(), List.of(new FencingFloor(ALPHA, Operation.WRITE, last)));
      } catch (StoreException e) {
        assertThat(ledger.floor(ALPHA, Operation.WRITE)).as("not on the disk").isEqualTo(before);
        throw e;
      }
      return last;
    }

    /** The next server measures it, and says so when it settles. */
    @Override
    protected void pass(Duration time) {}
  }
}
