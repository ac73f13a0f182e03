package io.datastored.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NameMapTest {

  private static DatastoreName name(int i) {
    return DatastoreName.of("name-" + i);
  }

  private static NameMap<Integer> map(int size) {
    return like(NameMap.of(), size);
  }

  private static NameMap<Integer> like(NameMap<?> other, int size) {
    NameMap.Builder<Integer> builder = NameMap.builder(other, size);
    for (int i = 0; i < size; i++) {
      builder.put(name(i), i);
    }
    return builder.build();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 31, 32, 33, 1000, 1025})
  void get_everyNameThatIsThere_andNoOther_inTheOrderItWasMadeIn(int size) {
    Map<DatastoreName, Integer> expected = new LinkedHashMap<>();
    for (int i = size - 1; i >= 0; i--) {
      expected.put(name(i), i);
    }
    NameMap<Integer> map = NameMap.copyOf(expected);
    assertThat(map).isEqualTo(expected).hasSize(size);
    assertThat(map.names()).containsExactlyElementsOf(expected.keySet());
    assertThat(map.values()).containsExactlyElementsOf(expected.values());
    assertThat(map.get(name(size))).isNull();
    assertThat(map.containsKey(name(size))).isFalse();
  }

  @Test
  void build_theSameNamesInTheSameOrder_areShared() {
    NameMap<Integer> map = map(5);
    assertThat(like(map, 5).sharesNames(map)).isTrue();
    assertThat(like(map, 4).sharesNames(map)).isFalse();
    assertThat(like(map, 4)).isEqualTo(map(4));
    assertThat(like(map, 6).sharesNames(map)).isFalse();
    assertThat(like(map, 6)).isEqualTo(map(6));
    assertThat(map.mapped((name, value) -> name.value()).sharesNames(map)).isTrue();
    assertThat(map(5).sharesNames(map)).as("not known").isFalse();
  }

  @Test
  void build_anotherOrder_isNotShared() {
    NameMap.Builder<Integer> builder = NameMap.builder(map(3), 3);
    builder.put(name(0), 0).put(name(2), 2).put(name(1), 1);
    NameMap<Integer> map = builder.build();
    assertThat(map.sharesNames(map(3))).isFalse();
    assertThat(map.names()).containsExactly(name(0), name(2), name(1));
    assertThat(map.get(name(1))).isEqualTo(1);
  }

  @Test
  void build_aNameTwice_isRefused() {
    NameMap.Builder<Integer> builder = NameMap.builder(map(2), 2);
    builder.put(name(0), 0).put(name(0), 1);
    assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void replacing_isAnotherMap_thatDiffersThere() {
    NameMap<Integer> map = map(100);
    NameMap<Integer> other = map.replacing(Map.of(name(7), 1007, name(99), 1099));
    assertThat(map.get(name(7))).isEqualTo(7);
    assertThat(other.get(name(7))).isEqualTo(1007);
    assertThat(other.differences(map)).containsExactly(name(7), name(99));
    assertThat(map.differences(map)).isEmpty();
    assertThat(other).isNotEqualTo(map);
    assertThat(other.replacing(Map.of(name(7), 7, name(99), 99))).isEqualTo(map);
  }

  @Test
  void replacing_aNameThatIsNotThere_isRefused() {
    assertThatThrownBy(() -> map(2).replacing(Map.of(name(2), 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name-2");
    assertThatThrownBy(() -> map(2).differences(map(2)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
