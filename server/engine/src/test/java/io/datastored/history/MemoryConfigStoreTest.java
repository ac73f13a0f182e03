package io.datastored.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.file.Digest;
import io.datastored.file.StoreException;
import org.junit.jupiter.api.Test;

final class MemoryConfigStoreTest implements ConfigStoreContract {

  private final MemoryConfigStore store = new MemoryConfigStore();

  @Override
  public ConfigStore store() {
    return store;
  }

  @Override
  public void edit(String content) {
    store.edit(content.getBytes(UTF_8));
  }

  @Override
  public void remove() {
    store.remove();
  }

  @Test
  void fail_untilHealed_loadAndSaveFail() throws Exception {
    PreparedSave prepared = store.prepare(Digest.EMPTY, ConfigContent.of(new byte[] {1}));
    store.fail(StoreException.Reason.DISK_FULL);

    assertThatThrownBy(store::load)
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.DISK_FULL));
    assertThatThrownBy(prepared::commit).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> store.prepare(Digest.EMPTY, ConfigContent.of(new byte[0])))
        .isInstanceOf(StoreException.class);

    store.heal();
    assertThat(store.load().exists()).isFalse();
  }
}
