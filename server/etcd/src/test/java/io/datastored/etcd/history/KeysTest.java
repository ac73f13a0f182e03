package io.datastored.etcd.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.config.DatastoreName;
import org.junit.jupiter.api.Test;

final class KeysTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");

  @Test
  void names_comeBack() {
    Keys keys = Keys.DEFAULT;
    assertThat(keys.datastore(MAIN)).isEqualTo("/datastored/main/ds/main");
    assertThat(keys.datastoreOf(keys.datastore(MAIN))).contains(MAIN);
    assertThat(keys.removalOf(keys.removal(MAIN))).contains(MAIN);
    assertThat(keys.datastoreOf(keys.removal(MAIN))).isEmpty();
    assertThat(keys.datastoreOf(keys.datastores() + "a/b")).isEmpty();
    assertThat(keys.datastoreOf(keys.head())).isEmpty();
  }

  @Test
  void prefix_withoutASlashAtItsEnd_isRefused() {
    assertThatThrownBy(() -> new Keys("/datastored")).isInstanceOf(IllegalArgumentException.class);
  }
}
