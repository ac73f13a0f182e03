package io.datastored.proof.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GenerationSumsTest {

  private static final String FRAMES =
      """
      10 c delivered revision=i:5 frame=snapshot %1$s
      20 c delivered revision=%2$s frame=%3$s generations=%4$d %1$s
      """;

  @Test
  void check_sumsThatFit_findsNothing() {
    assertThat(found(FRAMES.formatted("", "i:8", "change", 3))).isEmpty();
    assertThat(found(FRAMES.formatted("", "i:5", "bookmark", 0))).isEmpty();
    assertThat(found(FRAMES.formatted("", "j:9", "snapshot", 0))).isEmpty();
    assertThat(found(FRAMES.formatted("scope=a", "i:8", "change", 1))).isEmpty();
  }

  @Test
  void check_frameThatCountsTooLittleOrTooMuch_namesBothRevisions() {
    assertThat(found(FRAMES.formatted("", "i:8", "change", 2)))
        .singleElement(STRING)
        .startsWith("generation sums: c came from i:5 to i:8, which is 3 generations, by a frame")
        .contains("that counts 2. First: [10 c delivered revision=i:5 frame=snapshot")
        .contains("[20 c delivered revision=i:8 frame=change generations=2");
    assertThat(found(FRAMES.formatted("", "i:8", "change", 4))).hasSize(1);
    assertThat(found(FRAMES.formatted("", "i:8", "bookmark", 0))).hasSize(1);
    assertThat(found(FRAMES.formatted("scope=a", "i:8", "change", 4))).hasSize(1);
  }

  @Test
  void check_anotherHistoryWithoutASnapshot_andAFrameOnNothing_areFound() {
    assertThat(found(FRAMES.formatted("", "j:6", "change", 1)))
        .singleElement(STRING)
        .contains("without a snapshot");
    assertThat(found("10 c delivered revision=i:5 frame=change generations=1\n"))
        .singleElement(STRING)
        .contains("rests on nothing");
  }

  private static List<String> found(String... parts) {
    return Histories.found(new GenerationSums(), parts);
  }
}
