package io.datastored.proof.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.util.List;
import org.junit.jupiter.api.Test;

final class WritesAsToldTest {

  private static final String WRITES =
      """
      10 o write-begin id=1 datastore=a content=x
      11 o write-done id=1 generation=5
      20 o write-begin id=2 datastore=a content=y
      21 o write-%s id=2
      """;

  private static final String SEEN = "%d c seen datastore=a generation=%d content=%s\n";

  @Test
  void check_whatWasTold_findsNothing() {
    String seen = SEEN.formatted(30, 4, "") + SEEN.formatted(31, 5, "x");
    assertThat(found(WRITES.formatted("refused"), seen)).isEmpty();
    assertThat(found(WRITES.formatted("unknown"), seen)).isEmpty();
    assertThat(found(WRITES.formatted("unknown"), seen, SEEN.formatted(32, 6, "y"))).isEmpty();
    // Another generation by a mode only.
    assertThat(found(WRITES.formatted("refused"), seen, SEEN.formatted(32, 6, "x"))).isEmpty();
  }

  @Test
  void check_writeThatWasRefused_andIsThere_namesAnswerAndWhoSawIt() {
    assertThat(found(WRITES.formatted("refused"), SEEN.formatted(32, 6, "y")))
        .singleElement(STRING)
        .startsWith("writes as told, a: 'y' was answered as not done, and is there")
        .contains("First: [21 o write-refused id=2]")
        .contains("[32 c seen datastore=a generation=6 content=y]");
  }

  @Test
  void check_writeThatHappenedTwice_isFound() {
    String seen = SEEN.formatted(31, 5, "x") + SEEN.formatted(32, 6, "y");
    assertThat(found(WRITES.formatted("unknown"), seen, SEEN.formatted(33, 7, "x")))
        .singleElement(STRING)
        .contains("'x' came back after another content: it happened twice");
  }

  @Test
  void check_writeThatNobodyAskedFor_isFound() {
    assertThat(found(WRITES.formatted("unknown"), SEEN.formatted(31, 6, "z")))
        .singleElement(STRING)
        .contains("nobody wrote 'z'");
  }

  @Test
  void check_writeAtAnotherGeneration_isFound() {
    assertThat(found(WRITES.formatted("unknown"), SEEN.formatted(31, 4, "x")))
        .singleElement(STRING)
        .contains("before the generation that was answered");
    assertThat(found(WRITES.formatted("unknown"), SEEN.formatted(31, 5, "y")))
        .singleElement(STRING)
        .contains("the generation that was answered has another content");
    String twice = WRITES.replace("write-%s id=2", "write-done id=2 generation=5");
    assertThat(found(twice)).singleElement(STRING).contains("answered with one generation");
  }

  @Test
  void check_modeThatWasAnswered_isAtItsGeneration() {
    String mode = Histories.mode("m", "a", "OFFLINE", 4, 5);
    String seen = "30 c seen datastore=a generation=5 mode=%s\n";
    assertThat(found(mode, seen.formatted("OFFLINE"))).isEmpty();
    assertThat(found(mode, seen.formatted("NONE"))).hasSize(1);
  }

  @Test
  void check_writeThatIsNotInALaterRevision_isFound() {
    String seen = "30 c seen datastore=a generation=4 revision=i:%d\n";
    assertThat(found(WRITES.formatted("unknown"), seen.formatted(4))).isEmpty();
    assertThat(found(WRITES.formatted("unknown"), seen.formatted(5)))
        .singleElement(STRING)
        .contains("not in a later revision");
  }

  private static List<String> found(String... parts) {
    return Histories.found(new WritesAsTold(), parts);
  }
}
