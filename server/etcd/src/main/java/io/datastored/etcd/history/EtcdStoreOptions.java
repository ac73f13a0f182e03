package io.datastored.etcd.history;

import io.datastored.history.EditDebounce;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Etcd store options are how a store in etcd behaves. Immutable.
 *
 * @param keys where the history is
 * @param debounce when an edit by hand is committed
 * @param page how many keys are read in one request
 * @param patience how long a commit that was overtaken waits for the watch to report why, before
 *     everything is read
 * @param watchRetry how long after the end of a watch the next one begins
 * @param outcomePatience how long etcd is asked for the outcome of a commit until it stays unknown;
 *     it should outlast the election of a leader
 * @param outcomePause between two of these questions
 * @param random the source of commit ids
 */
public record EtcdStoreOptions(
    Keys keys,
    EditDebounce debounce,
    int page,
    Duration patience,
    Duration watchRetry,
    Duration outcomePatience,
    Duration outcomePause,
    RandomGenerator random) {

  private static final int PAGE = 5_000;
  private static final Duration PATIENCE = Duration.ofMillis(200);
  private static final Duration WATCH_RETRY = Duration.ofMillis(500);
  private static final Duration OUTCOME_PATIENCE = Duration.ofSeconds(5);
  private static final Duration OUTCOME_PAUSE = Duration.ofMillis(200);

  /** The defaults for a history. */
  public static EtcdStoreOptions defaults(
      Keys keys, EditDebounce debounce, RandomGenerator random) {
    return new EtcdStoreOptions(
        keys, debounce, PAGE, PATIENCE, WATCH_RETRY, OUTCOME_PATIENCE, OUTCOME_PAUSE, random);
  }
}
