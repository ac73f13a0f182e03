package io.datastored.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Ticker;
import io.datastored.file.StoreException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class MemoryStoreTest {

  private static MemoryStore memory() {
    return new MemoryStore(
        AcceptedState.empty(new Incarnation("0123456789abcdef"), Optional.empty()),
        new EditDebounce(Duration.ZERO, Duration.ZERO, Ticker.systemTicker()),
        new LocalDoorbell());
  }

  private abstract static class Contract extends StoreContract {

    final MemoryStore memory = memory();

    @Override
    protected void edit(String config) {
      memory.edit(config.getBytes(UTF_8));
    }

    @Override
    protected void remove() {
      memory.remove();
    }

    @Override
    protected void loseState() {
      memory.loseState();
    }
  }

  @Nested
  final class Sound extends Contract {
    @Override
    protected Store store() {
      return memory;
    }
  }

  @Nested
  final class Faulty extends Contract {
    private final Store faulty = new FaultyStore(memory);

    @Override
    protected Store store() {
      return faulty;
    }
  }

  @Test
  void fail_untilHealed_lookFails() throws Exception {
    MemoryStore store = memory();
    store.fail(StoreException.Reason.DISK_FULL);
    assertThatThrownBy(() -> store.look(store.initial(), Store.Look.INSIDE))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.DISK_FULL));
    store.heal();
    assertThat(store.look(store.initial(), Store.Look.INSIDE).fits()).isTrue();
  }

  @Test
  void editUnseen_isFoundInside() throws Exception {
    MemoryStore store = memory();
    store.editUnseen(new byte[] {'#'});
    assertThat(store.look(store.initial(), Store.Look.AT_STAMPS).fits()).isTrue();
    assertThat(store.look(store.initial(), Store.Look.INSIDE).fits()).isFalse();
  }
}
