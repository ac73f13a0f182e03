package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.file.StoreException;
import io.datastored.operation.Operation;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The contract of promise books: what is promised is durable before it is allowed, whatever fails
 * on the way. A form says how it is opened, and what the next server would find.
 */
public abstract class PromiseBookContract {

  protected static final DatastoreName ALPHA = DatastoreName.of("alpha");
  static final Duration MINUTE = Duration.ofMinutes(1);

  /** More than a write fails in any form before it works. */
  private static final int TRIES = 20;

  /** Something that may fail to be written. */
  public interface Write {
    void run() throws StoreException;
  }

  /** The book of a server that starts now, whatever became of the one before it. */
  protected abstract PromiseBook open() throws Exception;

  /** How long a server that starts now must wait for promises of the ones before it. */
  protected abstract Duration owed() throws Exception;

  /** A server that starts now hands out no token below. */
  protected abstract long unused() throws Exception;

  /** Has the book remember that all leases for WRITE on alpha are drained; the highest token. */
  protected abstract long drained(PromiseBook book) throws StoreException;

  /** Lets the time pass for which promises of a server before may be relied on. */
  protected abstract void pass(Duration time) throws Exception;

  /** Writes until it works; each time it did not, what must hold nevertheless is looked at. */
  public static int insist(Write write, Write afterAFailure) throws StoreException {
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
    TokenBlock[] block = new TokenBlock[2];
    insist(() -> block[0] = book.reserve(100), () -> {});
    assertThat(block[0].first()).isGreaterThanOrEqualTo(first);
    assertThat(block[0].end()).isEqualTo(block[0].first() + 100);
    assertThat(unused()).isGreaterThanOrEqualTo(block[0].end());
    PromiseBook next = open();
    assertThat(unused()).isGreaterThanOrEqualTo(block[0].end());
    insist(() -> block[1] = next.reserve(100), () -> {});
    assertThat(block[1].first()).isGreaterThanOrEqualTo(block[0].end());
  }

  @Test
  void reserve_isAboveWhatIsDrained() throws Exception {
    PromiseBook book = open();
    TokenBlock[] block = new TokenBlock[2];
    insist(() -> block[0] = book.reserve(100), () -> {});
    insist(() -> drained(book), () -> {});
    insist(() -> block[1] = book.reserve(100), () -> {});
    assertThat(book.floor(ALPHA, Operation.WRITE)).isGreaterThanOrEqualTo(block[0].first() - 1);
    assertThat(block[1].first()).isGreaterThan(book.floor(ALPHA, Operation.WRITE));
  }

  @Test
  void continuations_ofTheNextServer_proveWhatThisOneGranted() throws Exception {
    Continuations.Granted granted =
        new Continuations.Granted(
            "lease", new FencingToken(7), ALPHA, Operation.WRITE, Path.of("/alpha"), "holder");
    String code = open().continuations().of(granted);
    assertThat(open().continuations().prove(code, granted)).isTrue();
    assertThat(open().continuations().prove(code.substring(1) + "A", granted)).isFalse();
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
    pass(Duration.ofHours(1));
    insist(() -> book.settle(Duration.ofHours(1)), () -> {});
    assertThat(owed()).isZero();
  }

  @Test
  void floor_isRememberedByTheNextServerToo() throws Exception {
    PromiseBook book = open();
    insist(() -> book.promise(MINUTE), () -> {});
    insist(() -> book.reserve(100), () -> {});
    long[] token = new long[2];
    insist(() -> token[0] = drained(book), () -> {});
    assertThat(book.floor(ALPHA, Operation.WRITE)).isEqualTo(token[0]);
    assertThat(book.floor(ALPHA, Operation.READ)).isZero();
    PromiseBook next = open();
    assertThat(next.floor(ALPHA, Operation.WRITE)).isEqualTo(token[0]);
    insist(() -> next.reserve(100), () -> {});
    insist(() -> token[1] = drained(next), () -> {});
    assertThat(token[1]).as("they rise").isGreaterThan(token[0]);
    assertThat(next.floor(ALPHA, Operation.WRITE)).isEqualTo(token[1]);
  }
}
