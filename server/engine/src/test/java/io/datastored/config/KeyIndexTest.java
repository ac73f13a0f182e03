package io.datastored.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KeyIndexTest {

  @ParameterizedTest
  @CsvSource({"0, 0", "0, 1", "0, 1000", "1000, 1000", "3, 5", "1000, 4"})
  void add_moreOrFewerThanExpected_eachHasThePlaceItCameAt(int expected, int size) {
    KeyIndex.Builder<String> builder = new KeyIndex.Builder<>(expected);
    for (int i = 0; i < size; i++) {
      assertThat(builder.add("key" + i)).isEqualTo(-1);
    }
    for (int i = 0; i < size; i++) {
      assertThat(builder.add("key" + i)).isEqualTo(i);
    }
    assertThat(builder.size()).isEqualTo(size);
    KeyIndex<String> index = builder.build();
    assertThat(index.size()).isEqualTo(size);
    for (int i = 0; i < size; i++) {
      assertThat(index.find("key" + i)).isEqualTo(i);
      assertThat(index.key(i)).isEqualTo("key" + i);
    }
    assertThat(index.find("key" + size)).isEqualTo(-1);
  }

  /** These have one hash. */
  @Test
  void find_keysThatCollide_areToldApart() {
    KeyIndex<String> index = KeyIndex.of(List.of("AaAa", "BBBB", "AaBB"));
    assertThat(index.find("AaAa")).isEqualTo(0);
    assertThat(index.find("BBBB")).isEqualTo(1);
    assertThat(index.find("AaBB")).isEqualTo(2);
    assertThat(index.find("BBAa")).isEqualTo(-1);
  }

  @Test
  void of_oneKeyTwice_isRefused() {
    assertThatThrownBy(() -> KeyIndex.of(List.of("one", "two", "one")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'one' is there twice");
  }
}
