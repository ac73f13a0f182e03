package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.datastored.file.Digest;
import io.datastored.file.StoreException;
import io.datastored.history.ConfigContent;
import io.datastored.history.Store;
import io.datastored.history.Store.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes of a file: what is found is not replaced unless it is what was expected. */
final class FileSaveTest {

  @TempDir Path directory;
  private Path file;
  private FileConfigStore store;

  @BeforeEach
  void open() throws StoreException {
    file = directory.resolve("datastore.cfg");
    store =
        FileConfigStore.open(
            file, FileStoreOptions.Access.OF_OWN_FILES, FileStoreOptions.Outside.system());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void edit(String content) throws IOException {
    Files.writeString(file, content);
  }

  private void remove() throws IOException {
    Files.delete(file);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private Outcome save(Digest expected, String next) throws StoreException {
    try (FileSave save = store.prepare(expected, ConfigContent.of(bytes(next)))) {
      return save.commit();
    }
  }

  private String content() throws StoreException {
    return new String(store.load().bytes(), UTF_8);
  }

  @Test
  void load_nothingThere_isMissing() throws Exception {
    ConfigContent content = store.load();

    assertThat(content.exists()).isFalse();
    assertThat(content.bytes()).isEmpty();
    assertThat(content.digest()).isEqualTo(Digest.EMPTY);
    assertThat(content.stamp()).isEmpty();
  }

  @Test
  void load_noBytes_exists() throws Exception {
    edit("");

    assertThat(store.load().exists()).isTrue();
    assertThat(store.load().digest()).isEqualTo(Digest.EMPTY);
  }

  @Test
  void commit_nothingThere_saves() throws Exception {
    assertThat(save(Digest.EMPTY, "one")).isEqualTo(Outcome.COMMITTED);

    assertThat(content()).isEqualTo("one");
    assertThat(store.load().exists()).isTrue();
  }

  @Test
  void commit_expectedContent_replacesIt() throws Exception {
    edit("one");

    assertThat(save(store.load().digest(), "two")).isEqualTo(Outcome.COMMITTED);

    assertThat(content()).isEqualTo("two");
    assertThat(store.load().digest()).isEqualTo(Digest.of(bytes("two")));
  }

  @Test
  void commit_otherContent_changesNothing() throws Exception {
    edit("one");
    Digest seen = store.load().digest();
    edit("two");

    assertThat(save(seen, "three")).isEqualTo(Outcome.OVERTAKEN);

    assertThat(content()).isEqualTo("two");
  }

  @Test
  void commit_changedAfterPrepare_changesNothing() throws Exception {
    edit("one");
    try (FileSave save = store.prepare(store.load().digest(), ConfigContent.of(bytes("three")))) {
      edit("two");

      assertThat(save.commit()).isEqualTo(Outcome.OVERTAKEN);
    }
    assertThat(content()).isEqualTo("two");
  }

  @Test
  void commit_contentCameWhereNoneWas_changesNothing() throws Exception {
    try (FileSave save = store.prepare(Digest.EMPTY, ConfigContent.of(bytes("three")))) {
      edit("two");

      assertThat(save.commit()).isEqualTo(Outcome.OVERTAKEN);
    }
    assertThat(content()).isEqualTo("two");
  }

  @Test
  void commit_contentVanished_changesNothing() throws Exception {
    edit("one");
    Digest seen = store.load().digest();
    remove();

    assertThat(save(seen, "two")).isEqualTo(Outcome.OVERTAKEN);

    assertThat(store.load().exists()).isFalse();
  }

  @Test
  void close_uncommitted_changesNothing() throws Exception {
    edit("one");
    FileSave save = store.prepare(store.load().digest(), ConfigContent.of(bytes("two")));

    save.close();
    save.close();

    assertThat(content()).isEqualTo("one");
    assertThatThrownBy(save::commit).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void commit_twice_isABug() throws Exception {
    FileSave save = store.prepare(Digest.EMPTY, ConfigContent.of(bytes("one")));
    save.commit();
    save.close();

    assertThatThrownBy(save::commit).isInstanceOf(IllegalStateException.class);
    assertThat(content()).isEqualTo("one");
  }

  @Test
  void watch_editSaveRemove_callsBack() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (Store.Watch watch = store.watch(calls::incrementAndGet)) {
      edit("one");
      await().until(() -> calls.get() > 0);
      settle(calls);
      save(store.load().digest(), "two");
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
  void close_endsWatches_andIsIdempotent() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Store.Watch watch = store.watch(calls::incrementAndGet);
    store.close();
    store.close();
    watch.close();

    edit("one");

    await().during(java.time.Duration.ofMillis(100)).until(calls::get, count -> count == 0);
  }
}
