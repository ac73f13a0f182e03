package io.datastored.cli.cluster;

import com.google.common.base.Ticker;
import io.datastored.cli.flag.EtcdFlags;
import io.datastored.engine.snapshot.Successor;
import io.datastored.etcd.history.EtcdKeyValues;
import io.datastored.etcd.history.EtcdStore;
import io.datastored.etcd.history.EtcdStoreOptions;
import io.datastored.etcd.history.KeyValues;
import io.datastored.etcd.history.TextReplacement;
import io.datastored.file.Digest;
import io.datastored.file.StoreException;
import io.datastored.history.ConfigContent;
import io.datastored.history.EditDebounce;
import io.datastored.history.Generation;
import io.datastored.history.Store;
import io.datastored.history.Store.Look;
import io.datastored.history.Store.Outcome;
import io.datastored.history.Store.Seen;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A shared configuration is the one in etcd, for a command that changes it. Confined to one thread.
 *
 * <p>What is written is decided on what was read, and each commit compares that it still is so.
 */
final class SharedConfiguration implements AutoCloseable {

  /** As a server without options does. */
  private static final Duration SETTLE = Duration.ofMillis(500);

  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(5);

  /** How often in a row others may be faster. */
  private static final int ATTEMPTS = 50;

  private final Store store;
  private final InstantSource clock;

  /** Of the present replacement. */
  private int commits;

  SharedConfiguration(Store store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Opens the one of a history. */
  static SharedConfiguration open(EtcdFlags flags) throws StoreException {
    EtcdStoreOptions options =
        EtcdStoreOptions.defaults(
            flags.keys(),
            EditDebounce.piecemeal(SETTLE, SETTLE_LIMIT, Ticker.systemTicker()),
            new SecureRandom());
    KeyValues etcd = new EtcdKeyValues(flags.connect());
    boolean opened = false;
    try {
      SharedConfiguration shared =
          new SharedConfiguration(EtcdStore.open(etcd, options), InstantSource.system());
      opened = true;
      return shared;
    } finally {
      if (!opened) {
        etcd.close();
      }
    }
  }

  /** What the whole configuration is to be. */
  @FunctionalInterface
  interface Edit {

    /**
     * The new text.
     *
     * @param present what it replaces
     * @return empty if the present text is not the one that the edit is based on
     */
    Optional<byte[]> of(ConfigContent present);
  }

  /** How a replacement ended. */
  enum End {
    DONE,
    /** What was to be replaced is not what the edit is based on: somebody was faster. */
    OVERTAKEN
  }

  /**
   * What a replacement has done.
   *
   * @param datastores how many sections it was to change
   * @param commits how many commits it has made
   * @param from the generation before the first one
   * @param to the generation that is there now
   */
  record Replaced(End end, int datastores, int commits, Generation from, Generation to) {}

  /**
   * What is accepted. An edit by hand that no server has committed is committed first, as a server
   * does.
   */
  Seen settled() throws StoreException {
    while (true) {
      Seen seen = store.look(store.initial(), Look.INSIDE);
      if (seen.fits()) {
        return seen;
      }
      seen.requireContent();
      if (seen.rest().isPresent()) {
        sleep(seen.rest().get());
      } else {
        Outcome unused = commit(seen, seen.content());
      }
    }
  }

  /** Replaces the configuration, in as many commits as it takes. */
  Replaced replace(Edit edit) throws StoreException {
    commits = 0;
    try {
      return replaced(edit);
    } catch (StoreException e) {
      throw commits == 0
          ? e
          : new StoreException(
              e.reason(),
              "%s; commits of this change that were made before: %d, so run the command again"
                  .formatted(e.getMessage(), commits));
    }
  }

  private Replaced replaced(Edit edit) throws StoreException {
    Generation from = null;
    int datastores = 0;
    Digest own = null;
    byte[] target = {};
    for (int attempt = 1; ; attempt++) {
      Seen seen = settled();
      Generation present = seen.state().generation();
      from = from == null ? present : from;
      // Between two parts of it, the text is what the first part has left.
      if (!seen.content().digest().equals(own)) {
        Optional<byte[]> next = edit.of(seen.content());
        if (next.isEmpty()) {
          return new Replaced(End.OVERTAKEN, datastores, commits, from, present);
        }
        target = next.get();
      }
      if (Arrays.equals(seen.content().bytes(), target)) {
        return new Replaced(End.DONE, datastores, commits, from, present);
      }
      TextReplacement replacement = TextReplacement.of(seen.state(), seen.content(), target);
      datastores = Math.max(datastores, replacement.datastores());
      ConfigContent part = ConfigContent.of(replacement.next());
      if (commit(seen, part) == Outcome.COMMITTED) {
        own = part.digest();
        commits++;
        attempt = 0;
      } else if (attempt == ATTEMPTS) {
        throw new StoreException(
            StoreException.Reason.IN_USE,
            store.describe() + " is changed by others all the time; try again");
      }
    }
  }

  private Outcome commit(Seen on, ConfigContent next) throws StoreException {
    return store.commit(
        on,
        Successor.of(on.state(), next, clock.instant()).draft(() -> false, Store.Question::ask));
  }

  private static void sleep(Duration rest) throws StoreException {
    try {
      TimeUnit.NANOSECONDS.sleep(rest.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(StoreException.Reason.OTHER, "interrupted");
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
