package io.datastored.proof.checker;

import static io.datastored.proof.checker.Histories.drained;
import static io.datastored.proof.checker.Histories.mode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bound is 100 ns. */
final class AnswerAgeTest {

  private static final AnswerAge CHECKER = new AnswerAge(Duration.ofNanos(100));

  /** Changed at 50 to generation 50, offline at 1010, cleared at 2010. */
  private static final String LIFE =
      """
      10 operator write-begin id=c1 datastore=a content=one
      50 operator write-done id=c1 generation=50
      """
          + mode("m1", "a", "OFFLINE", 1000, 1010)
          + drained("d1", "a", "OFFLINE", 1011, 1500)
          + mode("m2", "a", "NONE", 2000, 2010);

  @Test
  void check_answersWithinTheBound_findsNothing() {
    String hits =
        """
        20 c hit datastore=a operation=LOOKUP generation=5
        150 c hit datastore=a operation=LOOKUP generation=5
        151 c hit datastore=a operation=LOOKUP generation=50
        1110 c hit datastore=a operation=READ generation=50
        1111 c hit datastore=a operation=LOOKUP generation=1010
        3000 c hit datastore=a operation=LOOKUP generation=2010
        3000 c hit datastore=b operation=LOOKUP generation=1
        """;
    assertThat(found(LIFE, hits)).isEmpty();
    assertThat(CHECKER.oldest(Histories.of(LIFE, hits))).isEqualTo(Duration.ofNanos(100));
  }

  @Test
  void check_answerThatIsOlder_namesTheChangeAndTheAnswer() {
    assertThat(found(LIFE, "151 c hit datastore=a operation=LOOKUP generation=5\n"))
        .singleElement(STRING)
        .startsWith("P5 staleness bound, a: ")
        .contains("answered 101 ns before the question, bound 100 ns")
        .contains("First: [50 operator write-done id=c1 generation=50]")
        .contains("[151 c hit datastore=a operation=LOOKUP generation=5]");
    assertThat(found(LIFE, "1111 c hit datastore=a operation=LOOKUP generation=50\n")).hasSize(1);
  }

  @Test
  void check_laterChangeThatWasAnsweredFirst_countsFromItsAnswer() {
    String odd = mode("m1", "a", "NONE", 40, 50) + mode("m2", "a", "NONE", 41, 90);
    String swapped = odd.replace("generation=50", "generation=91");
    assertThat(found(swapped, "151 c hit datastore=a operation=LOOKUP generation=5\n")).hasSize(1);
    assertThat(found(swapped, "150 c hit datastore=a operation=LOOKUP generation=5\n")).isEmpty();
  }

  @Test
  void check_refusalOfAnOldMode_isFound() {
    String refused = "%d c hit-refused datastore=a operation=READ mode=OFFLINE\n";
    assertThat(found(LIFE, refused.formatted(1005))).isEmpty();
    assertThat(found(LIFE, refused.formatted(2109))).isEmpty();
    assertThat(found(LIFE, refused.formatted(2110)))
        .singleElement(STRING)
        .startsWith("P5")
        .contains("names a mode that was not set");
    String other = "1300 c hit-refused datastore=a operation=READ mode=READ_ONLY\n";
    assertThat(found(LIFE, other)).hasSize(1);
  }

  @Test
  void check_refusalThatTookUntilTheModeCame_findsNothing() {
    String refused = "990 c hit-refused datastore=a operation=READ mode=OFFLINE ended=%d\n";
    String served = LIFE + mode("m0", "a", "NONE", 700, 800);
    assertThat(found(served, refused.formatted(999))).hasSize(1);
    assertThat(found(served, refused.formatted(1000))).isEmpty();
  }

  @Test
  void check_writeThatIsNotFresh_isFound() {
    String write = "60 c hit datastore=a operation=WRITE generation=50 state=";
    assertThat(found(LIFE, write + "FRESH\n")).isEmpty();
    // It has changed meanwhile.
    assertThat(found(LIFE, write + "\n")).isEmpty();
    assertThat(found(LIFE, write + "SUSPECT\n")).singleElement(STRING).startsWith("P6");
    assertThat(found(LIFE, write.replace("WRITE", "READ") + "SUSPECT\n")).isEmpty();
    // It may have changed, and changed back.
    assertThat(found(LIFE, write + "SUSPECT ended=1000060\n")).isEmpty();
    assertThat(found(LIFE, write + "SUSPECT ended=1000059\n")).hasSize(1);
  }

  private static List<String> found(String... parts) {
    return Histories.found(CHECKER, parts);
  }
}
