package io.datastored.promise;

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
    FilePromiseBook open() throws Exception {
      FilePromiseBook[] opened = new FilePromiseBook[1];
      insist(() -> opened[0] = FilePromiseBook.open(directory, NEW, CLOCK, disk), () -> {});
      return opened[0];
    }

    @Override
    Duration owed() throws Exception {
      PromisesOnDisk found = PromisesOnDisk.in(directory);
      return found.settled() ? Duration.ZERO : found.longest();
    }

    @Override
    long unused() throws Exception {
      return FilePromiseBook.open(directory, NEW, CLOCK, DiskSteps.REAL).firstToken();
    }

    @Override
    void drained(PromiseBook book, Operation operation, long token) throws StoreException {
      ((FilePromiseBook) book)
          .remember(List.of(), List.of(new FencingFloor(ALPHA, operation, token)));
    }
  }
}
