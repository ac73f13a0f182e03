package io.datastored.engine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.engine.EngineFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NameTableTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 31, 32, 33, 1000, 1025})
  void get_everyNameThatIsThere_findsIt_andNoOther(int datastores) {
    try (EngineFixture fixture = EngineFixture.with(EngineFixture.config(datastores))) {
      NameTable table = NameTable.of(fixture.engine().snapshot().byName());
      for (Datastore datastore : fixture.engine().snapshot().byName()) {
        assertThat(table.get(DatastoreName.of(datastore.name().value()))).isSameAs(datastore);
      }
      for (int i = 0; i < 1000; i++) {
        assertThat(table.get(DatastoreName.of("absent-" + i))).isNull();
      }
    }
  }

  /** "Aa" and "BB" have one hash, and so has every name made of them. */
  @Test
  void get_namesWithOneHash_findsEach() {
    StringBuilder config = new StringBuilder();
    String[] names = {"AaAaAa", "AaAaBB", "AaBBAa", "AaBBBB", "BBAaAa", "BBAaBB", "BBBBAa"};
    for (String name : names) {
      config.append("datastore: ").append(name).append("\n\tpath /srv/").append(name);
      config.append("\n\n");
    }
    try (EngineFixture fixture = EngineFixture.with(config.toString())) {
      NameTable table = NameTable.of(fixture.engine().snapshot().byName());
      for (String name : names) {
        Datastore found = table.get(DatastoreName.of(name));
        assertThat(found).isNotNull();
        assertThat(found.name().value()).isEqualTo(name);
      }
      assertThat(table.get(DatastoreName.of("BBBBBB"))).isNull();
    }
  }
}
