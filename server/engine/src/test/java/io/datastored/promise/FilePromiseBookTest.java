package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.datastored.file.BreakableDisk;
import io.datastored.file.BreakableDisk.Step;
import io.datastored.file.StoreException;
import io.datastored.history.Incarnation;
import io.datastored.promise.LedgerEntry.Promises;
import io.datastored.testkit.LoggedLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FilePromiseBookTest {

  private static final long SECOND = 1_800_000_000L;
  private static final long FLOOR = SECOND << 20;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final PromiseBounds BOUNDS =
      new PromiseBounds(LONGEST, ClockSlack.DEFAULT, EarlierLeases.POSSIBLE);
  private static final PromiseBounds NEW =
      new PromiseBounds(LONGEST, ClockSlack.DEFAULT, EarlierLeases.NONE);

  private static final Incarnation HISTORY = new Incarnation("00000000000000aa");
  private static final Incarnation RESTORED = new Incarnation("00000000000000bb");

  @TempDir Path directory;
  private final BreakableDisk disk = new BreakableDisk();

  @Test
  void open_noFile_startsAtTheWallClockAndAssumesTheLongestPromise() throws Exception {
    LedgerEntry found = open().earlier().found();
    assertThat(found).isEqualTo(new LedgerEntry(FLOOR, LONGEST, Promises.OUT));
  }

  @Test
  void open_newDirectoryWithoutEarlierLeases_isBelieved() throws Exception {
    assertThat(openNew().earlier().found().promises()).isEqualTo(Promises.SETTLED);
    Files.writeString(directory.resolve("state"), "of this server, killed before its first lease");
    assertThat(openNew().earlier().found().promises()).as("once more").isEqualTo(Promises.SETTLED);
  }

  @Test
  void open_onlyTheLedgerIsLost_isNotBelievedWithoutEarlierLeases() throws Exception {
    Files.writeString(directory.resolve("state"), "of an earlier server");
    try (LoggedLines log = LoggedLines.of(EarlierRuns.class)) {
      LedgerEntry found = openNew().earlier().found();
      assertThat(found.promises()).isEqualTo(Promises.OUT);
      assertThat(found.longestTtl()).isEqualTo(LONGEST);
      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("--no-earlier-leases is ignored", directory.toString());
    }
  }

  private FilePromiseBook openNew() throws Exception {
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(SECOND));
    return FilePromiseBook.open(directory, NEW, clock, disk);
  }

  @Test
  void grantedBelow_isTheCeilingOnTheDiskAndNotWhereThisRunBegins() throws Exception {
    assertThat(open().earlier().grantedBelow()).as("of a lost one anything").isEqualTo(FLOOR);
    open().reserve(1_000);
    FilePromiseBook later = openAt(SECOND + 3_600);
    assertThat(later.earlier().grantedBelow()).isEqualTo(FLOOR + 1_000);
    assertThat(later.earlier().found().ceiling()).isEqualTo((SECOND + 3_600) << 20);
  }

  @Test
  void open_clockSetBack_startsAtTheCeiling() throws Exception {
    open().reserve(1_000);
    assertThat(openAt(SECOND - 3_600).earlier().found().ceiling()).isEqualTo(FLOOR + 1_000);
  }

  @Test
  void open_clockBeyondBelief_startsAtTheCeiling() throws Exception {
    open().reserve(1_000);
    assertThat(openAt(1L << 33).earlier().found().ceiling()).isEqualTo(FLOOR + 1_000);
    assertThat(openAt(-5).earlier().found().ceiling()).isEqualTo(FLOOR + 1_000);
  }

  @Test
  void open_restoredFile_startsAtTheWallClock() throws Exception {
    open().reserve(10);
    byte[] backup = Files.readAllBytes(ledger());
    openAt(SECOND + 60).reserve(5_000_000);
    Files.write(ledger(), backup);
    assertThat(openAt(SECOND + 120).earlier().found().ceiling()).isEqualTo((SECOND + 120) << 20);
  }

  @Test
  void open_restoredFile_withinTheSameSecond_startsAboveWhatWasGranted() throws Exception {
    open().reserve(1_000);
    Files.delete(ledger());
    assertThat(openAt(Instant.ofEpochSecond(SECOND, 1_000_000)).earlier().found().ceiling())
        .as("a thousandth of a second later")
        .isEqualTo(FLOOR + (1 << 20) / 1_000);
    Files.deleteIfExists(ledger());
    assertThat(openAt(Instant.ofEpochSecond(SECOND, 999_999_999)).earlier().found().ceiling())
        .isBetween(FLOOR + (1 << 20) - 2, FLOOR + (1 << 20) - 1L);
  }

  @Test
  void open_corrupt_isKeptAsideAndCountsAsLost() throws Exception {
    FilePromiseBook before = open();
    before.promise(MINUTE);
    before.settle(Duration.ofHours(1));
    Files.writeString(ledger(), "garbage");
    assertThat(open().earlier().found().promises()).isEqualTo(Promises.OUT);
    assertThat(open().earlier().found().longestTtl()).isEqualTo(LONGEST);
    assertThat(directory.resolve("leases.corrupt-" + SECOND)).hasContent("garbage");
    assertThat(ledger()).doesNotExist();
  }

  @Test
  void serve_theSameHistory_believesTheLedger() throws Exception {
    settledOnDisk();
    open().serve(HISTORY);
    FilePromiseBook later = open();
    later.serve(HISTORY);
    assertThat(later.earlier().found().promises()).isEqualTo(Promises.SETTLED);
  }

  @Test
  void serve_aRestoredLedger_assumesTheLongestPromiseAndAnyToken_alsoAtTheNextStart()
      throws Exception {
    settledOnDisk();
    open().serve(HISTORY);
    byte[] backup = Files.readAllBytes(ledger());
    FilePromiseBook after = open();
    after.serve(HISTORY);
    after.promise(MINUTE);
    after.reserve(5_000_000);
    Files.write(ledger(), backup);

    FilePromiseBook restored = openAt(SECOND + 60);
    restored.serve(RESTORED);
    assertThat(restored.earlier().found().promises()).isEqualTo(Promises.OUT);
    assertThat(restored.earlier().found().longestTtl()).isEqualTo(LONGEST);
    assertThat(restored.earlier().grantedBelow()).isEqualTo(restored.firstToken());
    FilePromiseBook next = openAt(SECOND + 61);
    next.serve(RESTORED);
    assertThat(next.earlier().found().promises()).isEqualTo(Promises.OUT);
    assertThat(next.earlier().found().longestTtl()).isEqualTo(LONGEST);
  }

  @Test
  void serve_aRestoredLedgerOnAFullDisk_isFoundAgainAtTheNextStart() throws Exception {
    settledOnDisk();
    open().serve(HISTORY);
    FilePromiseBook restored = open();
    disk.fill();
    restored.serve(RESTORED);
    assertThat(restored.earlier().found().promises()).isEqualTo(Promises.OUT);
    assertThat(restored.trouble()).isPresent();
    disk.heal();
    FilePromiseBook next = open();
    next.serve(RESTORED);
    assertThat(next.earlier().found().promises()).isEqualTo(Promises.OUT);
  }

  @Test
  void open_afterAKillDuringAWrite_removesWhatItLeft() throws Exception {
    Path left = Files.writeString(directory.resolve(".leases.4711-3.new~"), "half");
    long anHourFromNow = Instant.now().getEpochSecond() + 3_600;
    openAt(anHourFromNow);
    assertThat(left).doesNotExist();
  }

  @Test
  void promise_longer_isOnTheDiskAndAllowsShorterOnes() throws Exception {
    settledOnDisk();
    FilePromiseBook ledger = open();
    assertThat(ledger.allows(Duration.ofSeconds(1))).isFalse();
    ledger.promise(Duration.ofMillis(59_001));
    assertThat(ledger.allows(MINUTE)).isTrue();
    assertThat(ledger.allows(MINUTE.plusNanos(1))).isFalse();
    assertThat(open().earlier().found().longestTtl()).isEqualTo(MINUTE);
    assertThat(open().earlier().found().promises()).isEqualTo(Promises.OUT);
  }

  @Test
  void promise_allowedAlready_writesNothing() throws Exception {
    FilePromiseBook ledger = open();
    ledger.reserve(1);
    Files.delete(ledger());
    ledger.promise(MINUTE);
    assertThat(ledger()).doesNotExist();
  }

  @Test
  void promise_notWritten_isNotAllowed() throws Exception {
    settledOnDisk();
    FilePromiseBook ledger = open();
    disk.fill();
    assertThatExceptionOfType(StoreException.class).isThrownBy(() -> ledger.promise(MINUTE));
    assertThat(ledger.allows(MINUTE)).isFalse();
  }

  @Test
  void promise_beforeItIsOnTheDisk_isNotAllowed() throws Exception {
    settledOnDisk();
    FilePromiseBook ledger = open();
    List<Boolean> allowed = new ArrayList<>();
    disk.before(Step.RENAME, () -> allowed.add(ledger.allows(MINUTE)));
    ledger.promise(MINUTE);
    assertThat(allowed).containsExactly(false);
  }

  @Test
  void settle_whileItIsWritten_allowsNothing() throws Exception {
    settledOnDisk();
    FilePromiseBook ledger = open();
    ledger.promise(MINUTE);
    List<Boolean> allowed = new ArrayList<>();
    disk.before(Step.RENAME, () -> allowed.add(ledger.allows(MINUTE)));
    ledger.settle(Duration.ZERO);
    assertThat(allowed).containsExactly(false);
  }

  @Test
  void settle_nothingLeftByTheLastRun_isOnTheDisk() throws Exception {
    settledOnDisk();
    FilePromiseBook ledger = open();
    ledger.promise(MINUTE);
    ledger.settle(Duration.ZERO);
    assertThat(open().earlier().found().promises()).isEqualTo(Promises.SETTLED);
    assertThat(ledger.allows(MINUTE)).as("a promise after it must be written again").isFalse();
  }

  @Test
  void settle_soonAfterARunThatLeftPromises_keepsThem() throws Exception {
    settledOnDisk();
    open().promise(MINUTE);
    FilePromiseBook second = open();
    second.settle(ClockSlack.DEFAULT.kept(MINUTE));
    assertThat(open().earlier().found().promises()).isEqualTo(Promises.OUT);
    second.settle(ClockSlack.DEFAULT.kept(MINUTE).plusNanos(1));
    assertThat(open().earlier().found().promises()).isEqualTo(Promises.SETTLED);
  }

  @Test
  void reserve_aboveTheBound_isRefused() throws Exception {
    FilePromiseBook ledger = open();
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> ledger.reserve(FencingToken.BOUND))
        .withMessageContaining("used up");
  }

  private void settledOnDisk() throws Exception {
    FilePromiseBook ledger = open();
    ledger.promise(MINUTE);
    ledger.settle(Duration.ofHours(1));
  }

  private Path ledger() {
    return directory.resolve(LedgerFile.NAME);
  }

  private FilePromiseBook open() throws Exception {
    return openAt(SECOND);
  }

  private FilePromiseBook openAt(long second) throws Exception {
    return openAt(Instant.ofEpochSecond(second));
  }

  private FilePromiseBook openAt(Instant now) throws Exception {
    return FilePromiseBook.open(directory, BOUNDS, InstantSource.fixed(now), disk);
  }
}
