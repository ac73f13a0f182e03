package io.datastored.proof.checker;

import static io.datastored.proof.checker.Histories.drained;
import static io.datastored.proof.checker.Histories.mode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TokenOrderTest {

  private static final String TWO =
      """
      10 w1 lookup-begin id=1 datastore=a operation=READ
      12 w1 granted id=1 until=20 token=5 %s
      %d w2 lookup-begin id=2 datastore=b operation=READ
      14 w2 granted id=2 until=20 token=%d %s
      """;

  @Test
  void check_tokensOfOneReplica_riseFromAnswerToQuestion() {
    assertThat(found(TWO.formatted("", 13, 6, ""))).isEmpty();
    assertThat(found(TWO.formatted("", 13, 4, "")))
        .singleElement(STRING)
        .startsWith("tokens, b: READ of b by w2 (2) has token 4, asked for after 5 came")
        .contains("First: [12 w1 granted id=1 until=20 token=5]")
        .contains("[14 w2 granted id=2 until=20 token=4");
    // They were under way together.
    assertThat(found(TWO.formatted("", 11, 4, ""))).isEmpty();
  }

  @Test
  void check_tokensOfTwoReplicas_areUniqueOnly() {
    assertThat(found(TWO.formatted("replica=r", 13, 4, "replica=s"))).isEmpty();
    assertThat(found(TWO.formatted("replica=r", 13, 5, "replica=s")))
        .singleElement(STRING)
        .contains("has the token 5 of another lease");
  }

  @Test
  void check_oneLease_hasOneToken() {
    String shared = TWO.formatted("lease=x cached=1", 13, 5, "lease=x cached=1");
    assertThat(found(shared)).isEmpty();
    assertThat(found(TWO.formatted("lease=x cached=1", 13, 6, "lease=x cached=1")))
        .singleElement(STRING)
        .contains("another token of the same lease");
  }

  @Test
  void check_handlesOfALibrary_neverGoBack() {
    String handles =
        """
        10 c lookup-begin id=1 datastore=a operation=WRITE
        11 c granted id=1 alive=1 cached=1 lease=x token=3
        20 c lookup-begin id=2 datastore=a operation=WRITE
        21 c granted id=2 alive=1 cached=1 lease=%s token=%d
        """;
    assertThat(found(handles.formatted("y", 4))).isEmpty();
    assertThat(found(handles.formatted("x", 3))).isEmpty();
    assertThat(found(handles.formatted("y", 2))).singleElement(STRING).startsWith("tokens, a: ");
  }

  @Test
  void check_leaseAfterASeal_isAboveAllBefore_overReplicas() {
    String drained = mode("m", "a", "READ_ONLY", 30, 31) + drained("d", "a", "READ_ONLY", 32, 40);
    String leases =
        """
        10 w1 lookup-begin id=1 datastore=a operation=%1$s
        12 w1 granted id=1 until=20 token=5 replica=r
        %2$d w2 lookup-begin id=2 datastore=a operation=%1$s
        60 w2 granted id=2 until=70 token=%3$d replica=s
        """;
    assertThat(found(drained, leases.formatted("WRITE", 50, 6))).isEmpty();
    assertThat(found(drained, leases.formatted("WRITE", 50, 4)))
        .singleElement(STRING)
        .contains("token 4 after DRAINED at 40, and before it there was 5");
    assertThat(found(drained, leases.formatted("WRITE", 39, 4))).isEmpty();
    assertThat(found(drained, leases.formatted("READ", 50, 4))).isEmpty();
  }

  private static List<String> found(String... parts) {
    return Histories.found(new TokenOrder(), parts);
  }
}
