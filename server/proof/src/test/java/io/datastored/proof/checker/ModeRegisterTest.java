package io.datastored.proof.checker;

import static io.datastored.proof.checker.Histories.drained;
import static io.datastored.proof.checker.Histories.mode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ModeRegisterTest {

  /** Offline at 20 to 24, cleared at 70 to 74. */
  private static final String OFFLINE =
      mode("m1", "a", "OFFLINE", 20, 24) + mode("m2", "a", "NONE", 70, 74);

  private static final String GRANTED =
      "%d w lookup-begin id=1 datastore=a operation=READ %s\n%d w granted id=1 %s\n";

  private static final String REFUSED =
      """
      %d w lookup-begin id=2 datastore=a operation=READ current=1
      %d w refused id=2 reason=UNDER_MAINTENANCE mode=%s generation=7
      """;

  @Test
  void check_answersThatFit_findsNothing() {
    assertThat(found(OFFLINE, GRANTED.formatted(22, "current=1", 30, ""))).isEmpty();
    assertThat(found(OFFLINE, GRANTED.formatted(69, "current=1", 71, ""))).isEmpty();
    assertThat(found(OFFLINE, REFUSED.formatted(21, 22, "OFFLINE"))).isEmpty();
    assertThat(found(OFFLINE, drained("d", "a", "OFFLINE", 30, 60))).isEmpty();
    // From memory: others look at it.
    assertThat(found(OFFLINE, GRANTED.formatted(40, "current=1", 41, "cached=1"))).isEmpty();
  }

  @Test
  void check_grantUnderAModeThatWasAnswered_namesTheModeAndTheGrant() {
    assertThat(found(OFFLINE, GRANTED.formatted(25, "current=1", 30, "")))
        .singleElement(STRING)
        .startsWith("mode register, a: no order of the calls explains it")
        .contains("the register is mode=OFFLINE content=")
        .contains("First: [24 operator write-done id=m1 generation=24]")
        .contains("[25 w lookup-begin id=1 datastore=a operation=READ current=1]")
        .contains("[30 w granted id=1");
  }

  @Test
  void check_refusalOfAModeThatWasNotSet_isFound() {
    assertThat(found(OFFLINE, REFUSED.formatted(18, 19, "OFFLINE"))).hasSize(1);
    assertThat(found(OFFLINE, REFUSED.formatted(75, 76, "OFFLINE"))).hasSize(1);
    assertThat(found(OFFLINE, REFUSED.formatted(30, 31, "UNMOUNT"))).hasSize(1);
    assertThat(found(OFFLINE, drained("d", "a", "READ_ONLY", 30, 60))).hasSize(1);
  }

  @Test
  void check_refusalThatNamesTooLittle_isFound() {
    String refused = REFUSED.formatted(30, 31, "OFFLINE");
    assertThat(found(OFFLINE, refused)).isEmpty();
    assertThat(found(OFFLINE, refused.replace("mode=OFFLINE", "mode="))).hasSize(1);
    assertThat(found(OFFLINE, refused.replace("generation=7", "generation="))).hasSize(1);
    assertThat(found(OFFLINE, refused.replace("mode=OFFLINE", "mode=READ_ONLY"))).hasSize(1);
    assertThat(found(OFFLINE, refused.replace("=OFFLINE", "=NONE").strip() + " cached=1\n"))
        .hasSize(1);
    assertThat(found(OFFLINE, refused.replace("UNDER_MAINTENANCE", "NOT_READY"))).isEmpty();
  }

  @Test
  void check_twoReads_goForwardTogether() {
    String reads = REFUSED.formatted(21, 22, "OFFLINE") + GRANTED.formatted(23, "%s", 24, "");
    // The first has seen the mode while it was being set, so the second must too.
    assertThat(found(OFFLINE, reads.formatted("current=1"))).hasSize(1);
    assertThat(found(OFFLINE, GRANTED.formatted(21, "current=1", 23, ""))).isEmpty();
    // Another process that did not have to be current.
    assertThat(found(OFFLINE, reads.formatted(""))).isEmpty();
  }

  @Test
  void check_lateReads_keepTheirOrder_andAreOfThePast() {
    String late =
        """
        %d w lookup-begin id=1 datastore=a operation=LOOKUP
        %d w granted id=1 mode=%s replica=r
        %d w lookup-begin id=2 datastore=a operation=LOOKUP
        %d w granted id=2 mode=%s replica=%s
        """;
    assertThat(found(OFFLINE, late.formatted(40, 41, "NONE", 42, 43, "OFFLINE", "r"))).isEmpty();
    // NONE comes again only at 70.
    assertThat(found(OFFLINE, late.formatted(40, 41, "OFFLINE", 42, 43, "NONE", "r"))).hasSize(1);
    assertThat(found(OFFLINE, late.formatted(40, 41, "OFFLINE", 42, 43, "NONE", "s"))).isEmpty();
    assertThat(found(OFFLINE, late.formatted(40, 41, "OFFLINE", 72, 73, "NONE", "r"))).isEmpty();
    assertThat(found(OFFLINE, late.formatted(10, 11, "OFFLINE", 72, 73, "NONE", "r"))).hasSize(1);
  }

  @Test
  void check_writeOfUnknownOutcome_mayHaveHappened_orNot_orLater() {
    String unknown =
        """
        20 operator write-begin id=m datastore=a mode=OFFLINE
        24 operator write-unknown id=m
        """;
    String refused = unknown.replace("unknown", "refused");
    String reads =
        GRANTED.formatted(30, "current=1", 31, "") + REFUSED.formatted(40, 41, "OFFLINE");
    assertThat(found(unknown, reads)).isEmpty();
    assertThat(found(unknown.replace("24 operator write-unknown id=m\n", ""), reads)).isEmpty();
    assertThat(found(refused, reads)).hasSize(1);
    // It happens once.
    assertThat(found(unknown, reads, mode("n", "a", "NONE", 42, 43), again(44))).hasSize(1);
    assertThat(found(unknown, mode("n", "a", "NONE", 42, 43), again(44))).isEmpty();
  }

  private static String again(long at) {
    return REFUSED.formatted(at, at + 1, "OFFLINE").replace("id=2", "id=3");
  }

  @Test
  void check_modeAndContent_areOneRegister() {
    String content =
        """
        30 o write-begin id=c datastore=a content=x
        31 o write-done id=c generation=31
        """;
    String read =
        """
        40 w lookup-begin id=1 datastore=a operation=LOOKUP current=1
        41 w granted id=1 mode=%s content=%s
        """;
    assertThat(found(OFFLINE, content, read.formatted("OFFLINE", "x"))).isEmpty();
    assertThat(found(OFFLINE, content, read.formatted("OFFLINE", ""))).hasSize(1);
    assertThat(found(OFFLINE, content, read.formatted("NONE", "x"))).hasSize(1);
  }

  private static List<String> found(String... parts) {
    return Histories.found(new ModeRegister(), parts);
  }
}
