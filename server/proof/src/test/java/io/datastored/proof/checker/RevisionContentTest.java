package io.datastored.proof.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RevisionContentTest {

  private static final String FRAMES =
      """
      10 c1 delivered revision=i:5 frame=snapshot digest=55
      11 c2 delivered revision=%s frame=change digest=%s
      12 c1 delivered revision=%s frame=change digest=66
      """;

  @Test
  void check_oneContentOfARevision_findsNothing() {
    assertThat(found(FRAMES.formatted("i:5", "55", "i:6"))).isEmpty();
    assertThat(found(FRAMES.formatted("j:5", "77", "i:6"))).isEmpty();
    assertThat(found(FRAMES.formatted("i:5", "77 scope=a", "i:6"))).isEmpty();
  }

  @Test
  void check_twoContentsOfARevision_namesBothWhoHaveThem() {
    assertThat(found(FRAMES.formatted("i:5", "77", "i:6")))
        .singleElement(STRING)
        .startsWith("revisions: revision i:5 has two contents")
        .contains("First: [10 c1 delivered revision=i:5 frame=snapshot digest=55]")
        .contains("[11 c2 delivered revision=i:5 frame=change digest=77]");
    assertThat(found(FRAMES.formatted("i:5", "55", "i:6"), "13 r state revision=i:6 digest=67\n"))
        .hasSize(1);
  }

  @Test
  void check_clientThatGoesBack_isFound() {
    assertThat(found(FRAMES.formatted("i:5", "55", "i:4")))
        .singleElement(STRING)
        .contains("c1 went back from i:5 to i:4");
    assertThat(found(FRAMES.formatted("i:5", "55", "j:4"))).isEmpty();
    assertThat(
            found(
                FRAMES.formatted("i:5", "55", "j:4"),
                "13 c1 delivered revision=i:7 frame=snapshot digest=8\n"))
        .singleElement(STRING)
        .contains("a history that it left");
  }

  @Test
  void check_generationOfADatastore_hasOneContent_andNeverGoesBack() {
    String seen =
        """
        10 c1 seen datastore=a generation=5 mode=NONE content=x
        11 c2 seen datastore=a generation=%d mode=%s content=%s
        12 c1 seen datastore=a generation=%d
        """;
    assertThat(found(seen.formatted(5, "NONE", "x", 5))).isEmpty();
    assertThat(found(seen.formatted(6, "OFFLINE", "y", 6))).isEmpty();
    assertThat(found(seen.formatted(5, "OFFLINE", "x", 5)))
        .singleElement(STRING)
        .startsWith("revisions, a: generation 5 has two contents");
    assertThat(found(seen.formatted(5, "NONE", "y", 5))).hasSize(1);
    assertThat(found(seen.formatted(5, "NONE", "x", 4)))
        .singleElement(STRING)
        .contains("c1 saw an older generation than before");
    String lookup =
        """
        20 w lookup-begin id=1 datastore=a operation=LOOKUP
        21 w granted id=1 generation=5 content=%s
        """;
    assertThat(found(seen.formatted(5, "NONE", "x", 5), lookup.formatted("x"))).isEmpty();
    assertThat(found(seen.formatted(5, "NONE", "x", 5), lookup.formatted("y"))).hasSize(1);
  }

  @Test
  void check_memoryThatGoesBack_isFound_unlessBothWereAskedTogether() {
    String hits =
        """
        10 c hit datastore=a operation=LOOKUP generation=6 ended=20
        %d c hit datastore=a operation=READ generation=5 ended=40
        """;
    assertThat(found(hits.formatted(20))).isEmpty();
    assertThat(found(hits.formatted(21)))
        .singleElement(STRING)
        .contains("c answered from an older memory than before");
  }

  private static List<String> found(String... parts) {
    return Histories.found(new RevisionContent(), parts);
  }
}
