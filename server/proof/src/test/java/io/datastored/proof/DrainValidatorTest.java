package io.datastored.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.datastored.proof.site.Event;
import io.datastored.proof.site.HistoryFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DrainValidatorTest {

  /** A whole life: set at 20 to 21, drained at 50, cleared at 70 to 71. */
  private static final String OFFLINE =
      """
      20 driver mode-begin datastore=a mode=OFFLINE
      21 driver mode-set datastore=a mode=OFFLINE generation=7
      22 driver drain-begin datastore=a
      50 driver drained datastore=a mode=OFFLINE
      70 driver mode-begin datastore=a mode=NONE
      71 driver mode-set datastore=a mode=NONE generation=8
      """;

  @Test
  void violations_ofUsesBeforeAndAfterTheDrain_areNone() {
    assertThat(
            found(
                OFFLINE,
                """
                10 w1 lookup-begin id=1 datastore=a operation=WRITE
                11 w1 granted id=1
                40 w1 use id=1
                49 w1 release-begin id=1
                55 w1 released id=1
                60 w1 lookup-begin id=2 datastore=a operation=READ
                61 w1 refused id=2 reason=UNDER_MAINTENANCE mode=OFFLINE generation=7
                69 w1 lookup-begin id=3 datastore=a operation=READ
                71 w1 granted id=3
                72 w1 use id=3
                73 w1 release-begin id=3
                """))
        .isEmpty();
  }

  @Test
  void violations_ofAnOperationThatBeganWhileDrained_areFound() {
    assertThat(
            found(
                OFFLINE,
                """
                19 w1 lookup-begin id=1 datastore=a operation=WRITE
                51 w1 granted id=1
                52 w1 release-begin id=1
                """))
        .singleElement(STRING)
        .startsWith("P7: WRITE of a by w1 (1)");
  }

  @Test
  void violations_ofAnOperationThatWasStillRunning_areFound() {
    assertThat(
            found(
                OFFLINE,
                """
                10 w1 lookup-begin id=1 datastore=a operation=READ
                11 w1 granted id=1
                51 w1 release-begin id=1
                """))
        .singleElement(STRING)
        .startsWith("P7");
  }

  @Test
  void violations_ofAnOperationThatNeverEnded_areFound() {
    assertThat(
            found(
                OFFLINE,
                """
                10 w1 lookup-begin id=1 datastore=a operation=READ
                11 w1 granted id=1
                """))
        .singleElement(STRING)
        .startsWith("P7");
  }

  @Test
  void violations_ofAnotherDatastoreOrOfAnOperationThatTheModeAllows_areNone() {
    assertThat(
            found(
                OFFLINE.replace("OFFLINE", "READ_ONLY"),
                """
                10 w1 lookup-begin id=1 datastore=a operation=READ
                11 w1 granted id=1
                12 w1 lookup-begin id=2 datastore=b operation=WRITE
                13 w1 granted id=2
                """))
        .isEmpty();
  }

  @Test
  void violations_ofAProcessOfThisHost_endWithItsKill() {
    String running =
        """
        10 w1 lookup-begin id=1 datastore=a operation=READ
        11 w1 granted id=1
        """;
    assertThat(found(OFFLINE, running, "49 driver kill worker=w1\n")).isEmpty();
    assertThat(found(OFFLINE, running, "51 driver kill worker=w1\n")).hasSize(1);
    assertThat(found(OFFLINE, running, "49 driver kill worker=w2\n")).hasSize(1);
  }

  @Test
  void violations_ofALease_endByItsHoldersClock_notByHisDeath() {
    String held =
        """
        10 w1 lookup-begin id=1 datastore=a operation=READ
        11 w1 granted id=1 until=30 token=5
        25 w1 until id=1 until=%d
        """;
    assertThat(found(OFFLINE, held.formatted(50))).isEmpty();
    assertThat(found(OFFLINE, held.formatted(51))).hasSize(1);
    assertThat(found(OFFLINE, held.formatted(51), "40 driver kill worker=w1\n")).hasSize(1);
  }

  @Test
  void violations_ofALeaseThatWasEndedByForce_endWhenTheHolderHears() {
    String held =
        """
        10 w1 lookup-begin id=1 datastore=a operation=WRITE
        11 w1 granted id=1 until=100 token=5
        """;
    assertThat(found(OFFLINE, held, "49 w1 lost id=1 cause=FORCED\n")).isEmpty();
    assertThat(found(OFFLINE, held, "51 w1 lost id=1 cause=FORCED\n")).hasSize(1);
  }

  @Test
  void violations_ofAGrantUnderAModeThatWasSet_areFound() {
    String granted =
        """
        %d w1 lookup-begin id=1 datastore=a operation=READ
        25 w1 granted id=1 %s
        26 w1 release-begin id=1
        """;
    assertThat(found(OFFLINE, granted.formatted(20, ""))).isEmpty();
    assertThat(found(OFFLINE, granted.formatted(22, "")))
        .singleElement(STRING)
        .startsWith("P1: READ of a by w1");
    // A cache may not have heard; the drain waits for it.
    assertThat(found(OFFLINE, granted.formatted(22, "until=40 token=5 cached=1"))).isEmpty();
  }

  @Test
  void violations_ofAModeWhoseAnswerWasLost_countFromTheNextOne() {
    String lost = OFFLINE.replace("21 driver mode-set", "21 driver mode-unanswered");
    String granted =
        """
        22 w1 lookup-begin id=1 datastore=a operation=READ
        25 w1 granted id=1
        26 w1 release-begin id=1
        27 w1 lookup-begin id=2 datastore=a operation=READ
        28 w1 refused id=2 reason=UNDER_MAINTENANCE mode=OFFLINE generation=7
        """;
    assertThat(found(lost.replaceAll("(?m)^.* drained .*\n", ""), granted)).isEmpty();
  }

  @Test
  void violations_ofRefusals_thatNameTooLittleOrWhatWasNotSet_areFound() {
    String refused =
        """
        22 w1 lookup-begin id=1 datastore=a operation=READ
        %d w1 refused id=1 reason=UNDER_MAINTENANCE %s
        """;
    assertThat(found(OFFLINE, refused.formatted(30, "mode=OFFLINE generation=7"))).isEmpty();
    assertThat(found(OFFLINE, refused.formatted(30, "mode= generation=7"))).hasSize(1);
    assertThat(found(OFFLINE, refused.formatted(30, "mode=OFFLINE generation="))).hasSize(1);
    assertThat(found(OFFLINE, refused.formatted(30, "mode=UNMOUNT generation=7"))).hasSize(1);
    assertThat(found(OFFLINE, refused.formatted(30, "mode=READ_ONLY generation=7"))).hasSize(1);
    String early = refused.replace("22 w1", "18 w1");
    assertThat(found(OFFLINE, early.formatted(19, "mode=OFFLINE generation=7"))).hasSize(1);
    String late = refused.replace("22 w1", "72 w1");
    assertThat(found(OFFLINE, late.formatted(73, "mode=OFFLINE generation=7"))).hasSize(1);
    assertThat(found(OFFLINE, late.formatted(73, "mode=OFFLINE generation=7 cached=1"))).isEmpty();
    assertThat(found(OFFLINE, late.formatted(73, "").replace("UNDER_MAINTENANCE", "NOT_READY")))
        .isEmpty();
  }

  @Test
  void violations_ofCounts_belowZero_orAboveItAtTheEnd_areFound() {
    assertThat(found("9 driver counts datastore=a read=0 write=3 leases=1\n")).isEmpty();
    assertThat(found("9 driver counts datastore=a read=0 write=-1 leases=1\n")).hasSize(1);
    assertThat(found("9 driver counts datastore=a read=0 write=0 leases=0 last=1\n")).isEmpty();
    assertThat(found("9 driver counts datastore=a read=0 write=0 leases=1 last=1\n")).hasSize(1);
  }

  @Test
  void violations_ofADrainOfAnotherMode_areFound() {
    assertThat(
            found(
                OFFLINE.replace(
                    "drained datastore=a mode=OFFLINE", "drained datastore=a mode=READ_ONLY")))
        .singleElement(STRING)
        .startsWith("P7: told of another mode");
  }

  @Test
  void violations_ofFencingTokens_thatDoNotRise_areFound() {
    String leases =
        """
        10 w1 lookup-begin id=1 datastore=a operation=READ
        12 w1 granted id=1 until=20 token=5
        %d w2 lookup-begin id=2 datastore=b operation=READ
        14 w2 granted id=2 until=20 token=%d
        """;
    assertThat(found(leases.formatted(13, 6))).isEmpty();
    assertThat(found(leases.formatted(13, 5))).hasSize(1);
    // They were under way together.
    assertThat(found(leases.formatted(11, 4))).isEmpty();
  }

  @Test
  void violations_ofWhatAWorkerComplainsOf_areFound() {
    assertThat(
            found(
                """
                10 w1 lookup-begin id=1 datastore=a operation=READ
                11 w1 complaint id=1 what=released_twice
                """))
        .singleElement(STRING)
        .startsWith("complaint: READ of a by w1 (1)");
  }

  @Test
  void violations_ofAHolderThatGoesOn_areFound() {
    String held =
        """
        10 w1 lookup-begin id=1 datastore=a operation=READ
        11 w1 granted id=1 until=15 token=5
        14 w1 use id=1
        14 w1 until id=1 until=18
        %d w1 use id=1
        """;
    assertThat(found(held.formatted(17))).isEmpty();
    assertThat(found(held.formatted(18))).singleElement(STRING).startsWith("worker:");
  }

  @Test
  void historyFile_readBack_isWhatWasWritten_withoutALineThatAKillHasCut(@TempDir Path directory)
      throws Exception {
    try (HistoryFile w1 = HistoryFile.of(directory, "w1");
        HistoryFile w2 = HistoryFile.of(directory, "w2")) {
      w2.add(20, Kind.USE, "id", 2);
      w1.add(10, Kind.REFUSED, "id", 1, "reason", "two words");
    }
    Files.writeString(directory.resolve("w1.history"), "30 w1 us", StandardOpenOption.APPEND);
    assertThat(HistoryFile.read(directory, Kind.class))
        .extracting(Event::toString)
        .containsExactly("10 w1 refused id=1 reason=two_words", "20 w2 use id=2");
  }

  private static List<String> found(String... parts) {
    List<Event<Kind>> events =
        String.join("", parts)
            .lines()
            .map(line -> Event.parse(Kind.class, line.strip()))
            .sorted(Comparator.comparingLong(Event::nanos))
            .toList();
    return DrainValidator.violations(DrainHistory.of(events));
  }
}
