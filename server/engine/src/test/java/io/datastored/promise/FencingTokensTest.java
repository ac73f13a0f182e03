package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.datastored.file.BreakableDisk;
import io.datastored.file.BreakableDisk.Step;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FencingTokensTest {

  private static final int BLOCK = 8;
  private static final PromiseBounds BOUNDS =
      new PromiseBounds(Duration.ofMinutes(10), ClockSlack.DEFAULT, EarlierLeases.POSSIBLE);
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));

  @TempDir Path directory;
  private final BreakableDisk disk = new BreakableDisk();
  private final Queue<Runnable> background = new ArrayDeque<>();
  private FilePromiseBook ledger;
  private FencingTokens tokens;

  @BeforeEach
  void open() throws Exception {
    ledger = FilePromiseBook.open(directory, BOUNDS, CLOCK, disk);
    tokens = ledger.tokens(BLOCK, background::add);
  }

  @Test
  void takeNow_nothingReserved_isEmpty() {
    assertThat(tokens.takeNow(0)).isEmpty();
    assertThat(directory.resolve(LedgerFile.NAME)).doesNotExist();
  }

  @Test
  void take_risesAndStaysBelowWhatTheDiskSays() throws Exception {
    FencingToken last = new FencingToken(1);
    for (int i = 0; i < 5 * BLOCK; i++) {
      FencingToken token = tokens.take(0);
      assertThat(token).isGreaterThan(last);
      assertThat(ceilingOnDisk()).isGreaterThan(token.value());
      last = token;
    }
  }

  @Test
  void takeNow_halfUsed_reservesAheadOnceInTheBackground() throws Exception {
    tokens.take(0);
    take(BLOCK / 2 - 1);
    assertThat(background).isEmpty();
    take(2);
    assertThat(background).hasSize(1);
    background.remove().run();
    take(BLOCK);
    assertThat(background).as("the next one").hasSize(1);
  }

  @Test
  void takeNow_blockUsedUp_isEmptyUntilTheBackgroundHasWritten() throws Exception {
    tokens.take(0);
    take(BLOCK - 1);
    assertThat(tokens.takeNow(0)).isEmpty();
    background.remove().run();
    assertThat(tokens.takeNow(0)).isPresent();
  }

  @Test
  void takeNow_whileTheNextBlockIsWritten_staysBelowTheOldCeiling() throws Exception {
    tokens.take(0);
    take(BLOCK - 1);
    List<Boolean> given = new ArrayList<>();
    disk.before(Step.RENAME, () -> given.add(tokens.takeNow(0).isPresent()));
    background.remove().run();
    assertThat(given).containsExactly(false);
  }

  @Test
  void take_diskRefuses_failsAndRecovers() throws Exception {
    disk.fill();
    assertThatExceptionOfType(StoreException.class).isThrownBy(() -> tokens.take(0));
    assertThat(tokens.takeNow(0)).isEmpty();
    disk.heal();
    assertThat(tokens.take(0)).isNotNull();
  }

  @Test
  void take_afterAKill_isAboveAllThatWasGiven() throws Exception {
    FencingToken last = tokens.take(0);
    for (int kill = 0; kill < 20; kill++) {
      // Nothing is closed: whoever comes next has only the disk.
      open();
      for (int i = 0; i <= kill; i++) {
        FencingToken token = tokens.take(0);
        assertThat(token).isGreaterThan(last);
        last = token;
      }
    }
  }

  @Test
  void take_manyThreads_givesNoTokenTwice() throws Exception {
    FencingTokens shared;
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      shared = ledger.tokens(64, threads);
      List<Future<List<FencingToken>>> results = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        results.add(
            threads.submit(
                () -> {
                  List<FencingToken> mine = new ArrayList<>();
                  for (int i = 0; i < 2_000; i++) {
                    mine.add(shared.take(0));
                  }
                  return mine;
                }));
      }
      HashSet<FencingToken> all = new HashSet<>();
      for (Future<List<FencingToken>> result : results) {
        assertThat(result.get()).isSorted();
        all.addAll(result.get());
      }
      assertThat(all).hasSize(8_000);
    } finally {
      // A refill that is under way still writes into the test's directory.
      threads.shutdown();
      assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  /** Another server reserves, and drains: its floor is above the blocks of this one. */
  private static final class SharedBook {
    private long unused = 1;
    private int reserved;

    PromiseBook book() {
      return new BookOfTokens() {
        @Override
        public TokenBlock reserve(long size) {
          reserved++;
          TokenBlock block = new TokenBlock(unused, unused + size);
          unused += size;
          return block;
        }
      };
    }
  }

  @Test
  void take_aboveAFloor_leavesTheBlocksBelowIt() throws Exception {
    SharedBook shared = new SharedBook();
    FencingTokens allocator = new FencingTokens(shared.book(), BLOCK, background::add);
    allocator.take(0);
    for (int i = 0; i < BLOCK / 2; i++) {
      assertThat(allocator.takeNow(0)).isPresent();
    }
    background.remove().run();
    assertThat(shared.reserved).as("one is ahead").isEqualTo(2);
    long floor = shared.unused - 1;
    assertThat(allocator.takeNow(floor)).isEmpty();
    assertThat(allocator.takeNow(0)).as("other datastores go on").isPresent();
    FencingToken above = allocator.take(floor);
    assertThat(above.value()).isGreaterThan(floor);
    assertThat(allocator.takeNow(0).orElseThrow()).as("tokens rise").isGreaterThan(above);
    assertThat(shared.reserved).isEqualTo(3);
  }

  @Test
  void take_floorAboveAllThatIsReserved_isRefused() {
    FencingTokens allocator = new FencingTokens(new SharedBook().book(), BLOCK, background::add);
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> allocator.take(1_000_000))
        .withMessageContaining("begin with 1");
  }

  @Test
  void leave_nextTokenIsOfANewBlock() throws Exception {
    SharedBook shared = new SharedBook();
    FencingTokens allocator = new FencingTokens(shared.book(), BLOCK, background::add);
    allocator.take(0);
    allocator.leave();
    assertThat(allocator.takeNow(0)).isEmpty();
    assertThat(allocator.take(0)).isEqualTo(new FencingToken(1 + BLOCK));
  }

  private long ceilingOnDisk() throws Exception {
    return new LedgerFile(directory, DiskSteps.REAL).read().orElseThrow().ceiling();
  }

  private void take(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(tokens.takeNow(0)).isPresent();
    }
  }
}
