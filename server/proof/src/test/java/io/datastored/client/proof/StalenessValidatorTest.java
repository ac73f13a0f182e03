package io.datastored.client.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.datastored.proof.site.Event;
import io.datastored.proof.site.HistoryFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Histories that break each rule, and their neighbours that do not. The bound is 100 ns. */
final class StalenessValidatorTest {

  private static final Duration BOUND = Duration.ofNanos(100);

  /** Changed at 50, offline at 1000 to 1010, drained at 1500, cleared at 2000 to 2010. */
  private static final String LIFE =
      """
      10 operator changed datastore=a generation=5
      50 operator changed datastore=a generation=6
      1000 operator mode-begin datastore=a mode=OFFLINE
      1010 operator mode-set datastore=a mode=OFFLINE generation=7
      1500 operator drained datastore=a mode=OFFLINE
      2000 operator mode-begin datastore=a mode=NONE
      2010 operator mode-set datastore=a mode=NONE generation=8
      """;

  @Test
  void violations_ofAnswersWithinTheBound_areNone() {
    StalenessValidator validator =
        look(
            LIFE,
            """
            20 c answered datastore=a operation=LOOKUP generation=5
            150 c answered datastore=a operation=LOOKUP generation=5
            151 c answered datastore=a operation=LOOKUP generation=6
            1110 c answered datastore=a operation=READ generation=6
            1111 c answered datastore=a operation=LOOKUP generation=7
            3000 c answered datastore=a operation=LOOKUP generation=8
            3000 c answered datastore=b operation=LOOKUP generation=1
            """);
    assertThat(validator.violations()).isEmpty();
    assertThat(validator.oldest()).isEqualTo(Duration.ofNanos(100));
  }

  @Test
  void violations_ofAnAnswerThatIsOlder_areFound() {
    assertThat(found("151 c answered datastore=a operation=LOOKUP generation=5\n"))
        .singleElement(STRING)
        .startsWith("P5: 151 c answered")
        .contains("leaves out 6, answered 101 ns before");
  }

  @Test
  void violations_ofAnAnswerThatLeavesOutAMode_areFound() {
    assertThat(found("1111 c answered datastore=a operation=LOOKUP generation=6\n"))
        .singleElement(STRING)
        .startsWith("P5");
  }

  @Test
  void violations_ofAnAnswerThatLeavesOutALaterChange_countFromTheFirstOneThatWasAnswered() {
    // The one that was answered first is the later one.
    String odd =
        """
        50 operator changed datastore=a generation=7
        90 operator changed datastore=a generation=6
        """;
    assertThat(look(odd, "151 c answered datastore=a operation=LOOKUP generation=5\n").violations())
        .hasSize(1);
    assertThat(look(odd, "150 c answered datastore=a operation=LOOKUP generation=5\n").violations())
        .isEmpty();
  }

  @Test
  void violations_ofARefusalOfAnOldMode_areFound() {
    String refused = "%d c refused datastore=a operation=READ mode=OFFLINE\n";
    assertThat(found(refused.formatted(1005))).isEmpty();
    assertThat(found(refused.formatted(2109))).isEmpty();
    assertThat(found(refused.formatted(2110))).singleElement(STRING).startsWith("P5");
    assertThat(found("1300 c refused datastore=a operation=READ mode=READ_ONLY\n")).hasSize(1);
  }

  @Test
  void violations_ofARefusalThatTookUntilTheModeCame_areNone() {
    String refused = "990 c refused datastore=a operation=READ mode=OFFLINE until=%d\n";
    String served = LIFE + "800 operator mode-set datastore=a mode=NONE generation=6\n";
    assertThat(look(served, refused.formatted(999)).violations())
        .singleElement(STRING)
        .startsWith("P5");
    assertThat(look(served, refused.formatted(1000)).violations()).isEmpty();
  }

  @Test
  void violations_ofAWriteThatIsNotFresh_areFound() {
    String write = "60 c answered datastore=a operation=WRITE generation=6 state=";
    assertThat(found(write + "FRESH\n")).isEmpty();
    // It has changed meanwhile.
    assertThat(found(write + "\n")).isEmpty();
    assertThat(found(write + "SUSPECT\n")).singleElement(STRING).startsWith("P6");
    assertThat(found(write.replace("WRITE", "READ") + "SUSPECT\n")).isEmpty();
    // It may have changed, and changed back.
    assertThat(found(write + "SUSPECT until=1000060\n")).isEmpty();
    assertThat(found(write + "SUSPECT until=1000059\n")).hasSize(1);
  }

  @Test
  void violations_ofAHandleThatLivesWhileDrained_areFound() {
    String use = "%d c use datastore=a operation=%s\n";
    assertThat(found(use.formatted(1499, "WRITE"))).isEmpty();
    assertThat(found(use.formatted(1500, "WRITE"))).singleElement(STRING).startsWith("P7");
    assertThat(found(use.formatted(1999, "READ"))).singleElement(STRING).startsWith("P7");
    assertThat(found(use.formatted(2000, "READ"))).isEmpty();
    String readOnly = LIFE.replace("OFFLINE", "READ_ONLY");
    assertThat(look(readOnly, use.formatted(1600, "READ")).violations()).isEmpty();
    assertThat(look(readOnly, use.formatted(1600, "WRITE")).violations()).hasSize(1);
  }

  @Test
  void violations_ofAGrantFromMemoryWhileDrained_areFound() {
    String answered = "1600 c answered datastore=a operation=%s generation=7\n";
    assertThat(found(answered.formatted("WRITE"))).singleElement(STRING).startsWith("P7");
    assertThat(found(answered.formatted("LOOKUP"))).isEmpty();
    String slow = answered.formatted("WRITE").strip() + " until=%d\n";
    assertThat(found(slow.formatted(1999))).hasSize(1);
    // Perhaps only when the mode was about to be over.
    assertThat(found(slow.formatted(2000).replace("generation=7", "generation=8"))).isEmpty();
  }

  @Test
  void violations_ofAHandleThatIsAliveAgain_areFound() {
    String life =
        """
        60 c held datastore=a operation=WRITE token=3
        61 c use datastore=a operation=WRITE
        62 c lost datastore=a operation=WRITE
        """;
    assertThat(found(life)).isEmpty();
    assertThat(found(life + "63 c use datastore=a operation=WRITE\n"))
        .singleElement(STRING)
        .startsWith("alive again");
    assertThat(
            found(
                life
                    + """
                    63 c held datastore=a operation=WRITE token=4
                    64 c use datastore=a operation=WRITE
                    """))
        .isEmpty();
  }

  @Test
  void violations_ofTokensThatDoNotRise_areFound() {
    String held =
        """
        60 c held datastore=a operation=WRITE token=3
        70 c held datastore=a operation=WRITE token=%d
        """;
    assertThat(found(held.formatted(4))).isEmpty();
    // Two handles of one lease.
    assertThat(found(held.formatted(3))).isEmpty();
    assertThat(found(held.formatted(2))).singleElement(STRING).startsWith("token");
  }

  @Test
  void historyFile_ofWhatIsSaidAgain_hasTheLastOfEachRow(@TempDir Path directory) throws Exception {
    try (HistoryFile history = HistoryFile.of(directory, "c")) {
      for (int i = 0; i < 10; i++) {
        history.again(
            "x", 100 + i, Kind.ANSWERED, "datastore", "a", "generation", i / 5, "until", 200 + i);
        history.again("y", 100 + i, Kind.USE, "datastore", "a");
      }
      history.enough("y");
    }
    assertThat(HistoryFile.read(directory, Kind.class))
        .extracting(Event::toString)
        .containsExactlyInAnyOrder(
            "100 c answered datastore=a generation=0 until=200",
            "104 c answered datastore=a generation=0 until=204",
            "105 c answered datastore=a generation=1 until=205",
            "109 c answered datastore=a generation=1 until=209",
            "100 c use datastore=a",
            "109 c use datastore=a");
  }

  private static List<String> found(String history) {
    return look(LIFE, history).violations();
  }

  private static StalenessValidator look(String... parts) {
    List<Event<Kind>> events =
        String.join("", parts)
            .lines()
            .map(line -> Event.parse(Kind.class, line.strip()))
            .sorted(Comparator.comparingLong(Event::nanos))
            .toList();
    return StalenessValidator.of(BOUND, events);
  }
}
