package io.datastored.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SelectionTest {

  @Test
  void of_nothing_isEverything() {
    assertThat(Selection.of(List.of())).isEqualTo(Selection.everything());
    assertThat(Selection.of(List.of("abc", "*", "ab*"))).isEqualTo(Selection.everything());
  }

  @Test
  void of_sameMeaning_isEqual() {
    assertThat(Selection.of(List.of("tape-1", "disk*", "tape*", "disk-1", "tape-*")))
        .isEqualTo(Selection.of(List.of("tape*", "disk*")));
    assertThat(Selection.of(List.of("abc", "xyz"))).isEqualTo(Selection.of(List.of("xyz", "abc")));
    assertThat(Selection.of(List.of("abc"))).isNotEqualTo(Selection.of(List.of("abc*")));
  }

  @Test
  void selects_randomPatterns_agreesWithTheDefinition() {
    Random random = new Random(7);
    for (int round = 0; round < 2000; round++) {
      List<String> patterns = new ArrayList<>();
      for (int i = random.nextInt(8); i >= 0; i--) {
        patterns.add(random.nextBoolean() ? word(random, 3) : word(random, 0) + "*");
      }
      Selection selection = Selection.of(patterns);
      for (int i = 0; i < 20; i++) {
        String name = word(random, 3);
        boolean selected =
            patterns.stream()
                .anyMatch(
                    pattern ->
                        pattern.endsWith("*")
                            ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                            : name.equals(pattern));
        assertThat(selection.selects(new DatastoreName(name)))
            .as("%s of %s", name, patterns)
            .isEqualTo(selected);
      }
    }
  }

  private static String word(Random random, int least) {
    StringBuilder word = new StringBuilder();
    for (int i = least + random.nextInt(3); i > 0; i--) {
      word.append("ab_".charAt(random.nextInt(3)));
    }
    return word.toString();
  }
}
