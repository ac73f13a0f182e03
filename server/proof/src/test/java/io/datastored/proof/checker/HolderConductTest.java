package io.datastored.proof.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.util.List;
import org.junit.jupiter.api.Test;

final class HolderConductTest {

  private static final String HELD =
      """
      10 w1 lookup-begin id=1 datastore=a operation=READ
      11 w1 granted id=1 until=15 token=5
      14 w1 use id=1
      14 w1 until id=1 until=18
      """;

  @Test
  void check_holderThatGoesOn_isFound() {
    assertThat(found(HELD, "17 w1 use id=1\n")).isEmpty();
    assertThat(found(HELD, "18 w1 use id=1\n"))
        .singleElement(STRING)
        .startsWith("conduct, a: READ of a by w1 (1) was used, or said that it is alive")
        .contains("[11 w1 granted id=1 until=15 token=5]")
        .contains("[18 w1 use id=1]");
    assertThat(found(HELD, "15 w1 release-begin id=1\n16 w1 use id=1\n")).hasSize(1);
  }

  @Test
  void check_handleThatIsAliveAgain_isFound() {
    String handle =
        """
        10 c lookup-begin id=1 datastore=a operation=WRITE
        11 c granted id=1 alive=1 token=3
        12 c use id=1
        13 c lost id=1
        """;
    assertThat(found(handle)).isEmpty();
    assertThat(found(handle, "14 c use id=1\n")).hasSize(1);
  }

  @Test
  void check_complaint_isFound() {
    assertThat(found(HELD, "15 w1 complaint id=1 what=released_twice\n"))
        .singleElement(STRING)
        .contains("complains: released_twice");
  }

  private static List<String> found(String... parts) {
    return Histories.found(new HolderConduct(), parts);
  }
}
