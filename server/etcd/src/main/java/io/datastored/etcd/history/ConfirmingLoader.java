package io.datastored.etcd.history;

import io.datastored.file.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A confirming loader reads the history that was followed until now, and tells a fork only when it
 * has read it twice: a member that was paused has answered a read from its past. Thread-safe.
 */
final class ConfirmingLoader {

  private static final Logger log = LoggerFactory.getLogger(ConfirmingLoader.class);

  private static final int READS = 2;

  private final ViewLoader loader;

  ConfirmingLoader(ViewLoader loader) {
    this.loader = loader;
  }

  /**
   * Has the observer load what it follows, apart from the history.
   *
   * @throws StoreException when it cannot be read
   */
  void observe(long revision) throws StoreException {
    loader.observe(revision);
  }

  /** Reports to the observer, before a view is made of the same reports. */
  void report(List<Reports.Report> all) {
    all.forEach(report -> loader.observer().changed(report.revision(), report.changes()));
  }

  /**
   * Reads everything.
   *
   * @param before the view that is served
   * @param cursor the last revision of etcd that is known
   * @param fork makes the exception for a history that is not the one that was followed
   * @throws StoreException when it cannot be read, or is another one
   */
  View load(View before, long cursor, Function<String, StoreException> fork) throws StoreException {
    String why = "";
    for (int reading = 1; reading <= READS; reading++) {
      AtomicReference<String> lost = new AtomicReference<>();
      try {
        View loaded =
            loader.load(
                before,
                reason -> {
                  lost.set(reason);
                  return new StoreException(StoreException.Reason.OTHER, reason);
                });
        Optional<String> other = another(before, cursor, loaded);
        if (other.isEmpty()) {
          return loaded;
        }
        why = other.get();
      } catch (StoreException e) {
        String reason = lost.get();
        if (reason == null) {
          throw e;
        }
        why = reason;
      }
      log.atWarn().addKeyValue("reading", reading).log("this may be a fork: {}", why);
    }
    throw fork.apply(why);
  }

  /** Why what was read is not the history that was followed; empty if it is. */
  private static Optional<String> another(View before, long cursor, View loaded) {
    if (loaded.loadedAt() < cursor) {
      // A watch from a revision of the future would be silent.
      return Optional.of(
          "etcd has gone back from revision %d to %d".formatted(cursor, loaded.loadedAt()));
    }
    return switch (loaded.head().to(before.head())) {
      case SAME, LATER -> Optional.empty();
      case OUT_OF_SIGHT -> {
        log.atWarn()
            .addKeyValue("served", before)
            .addKeyValue("found", loaded)
            .log("more commits were missed than the head remembers: cannot tell a fork");
        yield Optional.empty();
      }
      case FORK ->
          Optional.of("%s was served, %s was found".formatted(before.head(), loaded.head()));
    };
  }
}
