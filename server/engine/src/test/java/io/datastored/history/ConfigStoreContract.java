package io.datastored.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.datastored.file.Digest;
import io.datastored.file.StoreException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every config store must do. */
public interface ConfigStoreContract {

  /** Returns the store under test, which is empty at first. */
  ConfigStore store();

  /** Changes the content as somebody who does not ask the store. */
  void edit(String content) throws Exception;

  /** Takes the content away as somebody who does not ask the store. */
  void remove() throws Exception;

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private SaveOutcome save(Digest expected, String next) throws StoreException {
    try (PreparedSave save = store().prepare(expected, ConfigContent.of(bytes(next)))) {
      return save.commit();
    }
  }

  private String content() throws StoreException {
    return new String(store().load().bytes(), UTF_8);
  }

  @Test
  default void load_nothingThere_isMissing() throws Exception {
    ConfigContent content = store().load();

    assertThat(content.exists()).isFalse();
    assertThat(content.bytes()).isEmpty();
    assertThat(content.digest()).isEqualTo(Digest.EMPTY);
    assertThat(content.stamp()).isEmpty();
  }

  @Test
  default void load_noBytes_exists() throws Exception {
    edit("");

    assertThat(store().load().exists()).isTrue();
    assertThat(store().load().digest()).isEqualTo(Digest.EMPTY);
  }

  @Test
  default void commit_nothingThere_saves() throws Exception {
    assertThat(save(Digest.EMPTY, "one")).isEqualTo(new SaveOutcome.Saved(Digest.of(bytes("one"))));

    assertThat(content()).isEqualTo("one");
    assertThat(store().load().exists()).isTrue();
  }

  @Test
  default void commit_expectedContent_replacesIt() throws Exception {
    edit("one");

    assertThat(save(store().load().digest(), "two")).isInstanceOf(SaveOutcome.Saved.class);

    assertThat(content()).isEqualTo("two");
    assertThat(store().load().digest()).isEqualTo(Digest.of(bytes("two")));
  }

  @Test
  default void commit_otherContent_changesNothing() throws Exception {
    edit("one");
    Digest seen = store().load().digest();
    edit("two");

    assertThat(save(seen, "three"))
        .isEqualTo(new SaveOutcome.ChangedMeanwhile(Digest.of(bytes("two"))));

    assertThat(content()).isEqualTo("two");
  }

  @Test
  default void commit_changedAfterPrepare_changesNothing() throws Exception {
    edit("one");
    try (PreparedSave save =
        store().prepare(store().load().digest(), ConfigContent.of(bytes("three")))) {
      edit("two");

      assertThat(save.commit()).isInstanceOf(SaveOutcome.ChangedMeanwhile.class);
    }
    assertThat(content()).isEqualTo("two");
  }

  @Test
  default void commit_contentCameWhereNoneWas_changesNothing() throws Exception {
    try (PreparedSave save = store().prepare(Digest.EMPTY, ConfigContent.of(bytes("three")))) {
      edit("two");

      assertThat(save.commit()).isInstanceOf(SaveOutcome.ChangedMeanwhile.class);
    }
    assertThat(content()).isEqualTo("two");
  }

  @Test
  default void commit_contentVanished_changesNothing() throws Exception {
    edit("one");
    Digest seen = store().load().digest();
    remove();

    assertThat(save(seen, "two")).isEqualTo(new SaveOutcome.ChangedMeanwhile(Digest.EMPTY));

    assertThat(store().load().exists()).isFalse();
  }

  @Test
  default void abort_changesNothing() throws Exception {
    edit("one");
    PreparedSave save = store().prepare(store().load().digest(), ConfigContent.of(bytes("two")));

    save.abort();
    save.abort();

    assertThat(content()).isEqualTo("one");
    assertThatThrownBy(save::commit).isInstanceOf(IllegalStateException.class);
  }

  @Test
  default void commit_twice_isABug() throws Exception {
    PreparedSave save = store().prepare(Digest.EMPTY, ConfigContent.of(bytes("one")));
    save.commit();
    save.abort();

    assertThatThrownBy(save::commit).isInstanceOf(IllegalStateException.class);
    assertThat(content()).isEqualTo("one");
  }

  @Test
  default void watch_editSaveRemove_callsBack() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (ConfigStore.Watch watch = store().watch(calls::incrementAndGet)) {
      edit("one");
      await().until(() -> calls.get() > 0);
      settle(calls);
      save(store().load().digest(), "two");
      await().until(() -> calls.get() > 0);
      settle(calls);
      remove();
      await().until(() -> calls.get() > 0);
    }
  }

  /** Waits until one change's calls are over. */
  private static void settle(AtomicInteger calls) {
    await()
        .during(java.time.Duration.ofMillis(100))
        .until(() -> calls.getAndSet(0), count -> count == 0);
  }

  @Test
  default void close_endsWatches_andIsIdempotent() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    ConfigStore.Watch watch = store().watch(calls::incrementAndGet);
    store().close();
    store().close();
    watch.close();

    edit("one");

    await().during(java.time.Duration.ofMillis(100)).until(calls::get, count -> count == 0);
  }

  @Test
  default void describe_and_readOnlyReason_ofAStoreThatSaves() {
    assertThat(store().describe()).isNotBlank();
    assertThat(store().readOnlyReason()).isEmpty();
  }
}
