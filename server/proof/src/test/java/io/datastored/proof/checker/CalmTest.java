package io.datastored.proof.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bound is 100 ns. */
final class CalmTest {

  private static final String STATES =
      """
      10 r1 state revision=i:5 digest=5 life=A lives=A,B,C work=1
      50 nemesis rest
      60 r1 state revision=i:6 digest=6 life=A lives=A,B work=0
      61 r2 state revision=i:6 digest=6 life=B lives=%s work=%d
      62 c state revision=i:5 digest=5
      %d c state revision=%s digest=%s
      """;

  @Test
  void check_allTheSameInTime_findsNothing() {
    assertThat(found(STATES.formatted("B,A", 0, 150, "i:6", "6"))).isEmpty();
  }

  @Test
  void check_lateClient_namesTheRestAndWhenItCame() {
    assertThat(found(STATES.formatted("A,B", 0, 151, "i:6", "6")))
        .singleElement(STRING)
        .startsWith("calm: c had the last change only 101 ns after the rest began, bound 100 ns")
        .contains("First: [50 nemesis rest]")
        .contains("[151 c state revision=i:6 digest=6]");
  }

  @Test
  void check_whatIsLeftBehind_isFound() {
    assertThat(found(STATES.formatted("A,B", 2, 150, "i:6", "6")))
        .singleElement(STRING)
        .contains("work is left: 2 keys");
    assertThat(found(STATES.formatted("A,B,X", 0, 150, "i:6", "6")))
        .singleElement(STRING)
        .contains("the lives are A,B,X, and there are [A, B]");
  }

  @Test
  void check_whoNeverComesOrNeverSpeaks_isFound() {
    assertThat(found(STATES.formatted("A,B", 0, 150, "i:6", "7"))).isNotEmpty();
    assertThat(found(STATES.formatted("A,B", 0, 150, "i:5", "5"))).isNotEmpty();
    String silent = "20 r3 state revision=i:5 digest=5\n";
    assertThat(found(STATES.formatted("A,B", 0, 150, "i:6", "6"), silent))
        .singleElement(STRING)
        .contains("r3 has said nothing since the rest began");
    String killed = "21 nemesis kill worker=r3\n";
    assertThat(found(STATES.formatted("A,B", 0, 150, "i:6", "6"), silent, killed)).isEmpty();
  }

  @Test
  void check_counts_belowZero_orAboveItAtTheEnd_areFound() {
    assertThat(found("9 driver counts datastore=a read=0 write=3 leases=1\n")).isEmpty();
    assertThat(found("9 driver counts datastore=a read=0 write=-1 leases=1\n"))
        .singleElement(STRING)
        .startsWith("calm, a: a count is below 0");
    assertThat(found("9 driver counts datastore=a read=0 write=0 leases=0 last=1\n")).isEmpty();
    assertThat(found("9 driver counts datastore=a read=0 write=0 leases=1 last=1\n")).hasSize(1);
  }

  private static List<String> found(String... parts) {
    return Histories.found(new Calm(Duration.ofNanos(100)), parts);
  }
}
