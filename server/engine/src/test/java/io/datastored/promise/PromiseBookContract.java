package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.file.StoreException;
import io.datastored.operation.Operation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The contract of promise books: what is promised is durable before it is allowed, whatever fails
 * on the way. A form says how it is opened, and what the next server would find.
 */
abstract class PromiseBookContract {

  static final DatastoreName ALPHA = DatastoreName.of("alpha");
  static final Duration MINUTE = Duration.ofMinutes(1);

  /** More than a write fails in any form before it works. */
  private static final int TRIES = 20;

  /** Something that may fail to be written. */
  interface Write {
    void run() throws StoreException;
  }

  /** The book of a server that starts now, whatever became of the one before it. */
  abstract PromiseBook open() throws Exception;

  /** How long a server that starts now must wait for promises of the ones before it. */
  abstract Duration owed() throws Exception;

  /** A server that starts now hands out no token below. */
  abstract long unused() throws Exception;

  /** Has the book remember that leases up to a token are drained. */
  abstract void drained(PromiseBook book, Operation operation, long token) throws StoreException;

  /** Writes until it works; each time it did not, what must hold nevertheless is looked at. */
  static int insist(Write write, Write afterAFailure) throws StoreException {
    for (int tries = 0; ; tries++) {
      try {
        write.run();
        return tries;
      } catch (StoreException e) {
        assertThat(tries).as("tries").isLessThan(TRIES);
        afterAFailure.run();
      }
    }
  }

  @Test
  void open_nothingEverPromised_allowsAndOwesNothing() throws Exception {
    PromiseBook book = open();
    assertThat(book.allows(Duration.ZERO)).isFalse();
    assertThat(book.floor(ALPHA, Operation.WRITE)).isZero();
    assertThat(owed()).isZero();
  }

  @Test
  void promise_isAllowedOnlyOnceItIsOwed() throws Exception {
    PromiseBook book = open();
    insist(() -> book.promise(MINUTE), () -> assertThat(book.allows(MINUTE)).isFalse());
    assertThat(book.allows(MINUTE)).isTrue();
    assertThat(book.allows(MINUTE.plusNanos(1))).isFalse();
    assertThat(owed()).isGreaterThanOrEqualTo(MINUTE);
  }

  @Test
  void promise_longerOneFails_theShorterOneStaysAllowedAndOwed() throws Exception {
    PromiseBook book = open();
    insist(() -> book.promise(MINUTE), () -> {});
    insist(
        () -> book.promise(MINUTE.multipliedBy(2)), () -> assertThat(book.allows(MINUTE)).isTrue());
    assertThat(owed()).isGreaterThanOrEqualTo(MINUTE.multipliedBy(2));
  }

  @Test
  void reserve_noLaterServerHandsTheTokensOutAgain() throws Exception {
    PromiseBook book = open();
    long first = unused();
    insist(() -> book.reserve(first + 100), () -> {});
    assertThat(unused()).isGreaterThanOrEqualTo(first + 100);
    open();
    assertThat(unused()).isGreaterThanOrEqualTo(first + 100);
  }

  @Test
  void settle_nothingIsAllowedFromThenOn_evenIfItFails() throws Exception {
    PromiseBook book = open();
    insist(() -> book.promise(MINUTE), () -> {});
    insist(
        () -> book.settle(Duration.ZERO),
        () -> assertThat(book.allows(Duration.ZERO)).as("not settled on the disk").isFalse());
    assertThat(book.allows(Duration.ZERO)).isFalse();
    assertThat(owed()).isZero();
  }

  @Test
  void settle_soonAfterARunThatLeftPromises_keepsThem() throws Exception {
    PromiseBook killed = open();
    insist(() -> killed.promise(MINUTE), () -> {});
    PromiseBook book = open();
    insist(() -> book.settle(MINUTE), () -> {});
    assertThat(owed()).isGreaterThanOrEqualTo(MINUTE);
    insist(() -> book.settle(Duration.ofHours(1)), () -> {});
    assertThat(owed()).isZero();
  }

  @Test
  void floor_isRememberedByTheNextServerToo() throws Exception {
    PromiseBook book = open();
    insist(() -> book.promise(MINUTE), () -> {});
    long token = unused();
    insist(
        () -> drained(book, Operation.WRITE, token),
        () -> assertThat(book.floor(ALPHA, Operation.WRITE)).isZero());
    assertThat(book.floor(ALPHA, Operation.WRITE)).isEqualTo(token);
    assertThat(book.floor(ALPHA, Operation.READ)).isZero();
    PromiseBook next = open();
    assertThat(next.floor(ALPHA, Operation.WRITE)).isEqualTo(token);
    insist(() -> drained(next, Operation.WRITE, token - 1), () -> {});
    assertThat(next.floor(ALPHA, Operation.WRITE)).as("never lower").isEqualTo(token);
  }
}
