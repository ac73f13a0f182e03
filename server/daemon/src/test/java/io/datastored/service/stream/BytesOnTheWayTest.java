package io.datastored.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.access.Limit;
import io.datastored.access.Shares;
import io.datastored.access.Subject;
import io.datastored.service.stream.BytesOnTheWay.Share;
import io.datastored.watch.TestRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

final class BytesOnTheWayTest {
  private static final int PART = 1000;
  private static final int LIMIT = 32 * PART; // two of one connection, sixteen of the first half

  private final TestRules rules =
      TestRules.of("allow cn:* reader *", "allow cn:operator operator *");
  private final Subject reader = rules.client("reader");
  private final BytesOnTheWay bytes = bytes(Shares.WHOLE);
  private final List<Share> woken = new ArrayList<>();

  @Test
  void take_ofOneConnection_isBoundedByItsPart() {
    assertThat(bytes.take(share(1), PART)).isTrue();
    assertThat(bytes.take(share(1), PART)).isTrue();
    assertThat(bytes.take(share(1), PART)).isFalse();
    assertThat(bytes.shares().taken()).isEqualTo(2 * PART);
  }

  @Test
  void take_ofAConnectionWithNothingOnItsWay_hasRoomThoughOthersFillTheirHalf() {
    for (int connection = 1; connection <= 8; connection++) {
      bytes.take(share(connection), PART);
      bytes.take(share(connection), PART);
    }
    assertThat(bytes.take(share(1), PART)).isFalse();

    assertThat(bytes.take(share(100), PART)).isTrue();
    assertThat(bytes.take(share(100), PART)).as("the second half is for first ones").isFalse();
  }

  @Test
  void take_beyondTheLimit_waitsAndIsWokenInTurn() {
    List<Share> first = new ArrayList<>();
    for (int connection = 0; connection < LIMIT / PART; connection++) {
      first.add(share(connection));
      assertThat(bytes.take(first.get(connection), PART)).isTrue();
    }
    Share late = share(100);
    Share later = share(101);
    assertThat(bytes.take(late, PART)).isFalse();
    assertThat(bytes.take(later, PART)).isFalse();

    bytes.giveBack(first.get(0));

    assertThat(woken).containsExactly(late);
    assertThat(bytes.take(late, PART)).isTrue();
    assertThat(bytes.shares().taken()).isEqualTo(LIMIT);
  }

  @Test
  void leave_ofOneThatWasGranted_givesItToTheNext() {
    Share holds = share(1);
    bytes.take(holds, LIMIT);
    Share second = share(2);
    Share third = share(3);
    bytes.take(second, LIMIT);
    bytes.take(third, LIMIT);

    bytes.leave(holds);
    bytes.leave(second); // was woken, and never came

    assertThat(woken).containsExactly(second, third);
    assertThat(bytes.take(second, PART)).as("it is over").isFalse();
    bytes.leave(third);
    assertThat(bytes.shares().taken()).isZero();
  }

  @Test
  void take_ofOnePrincipal_isBoundedByItsShare_andOthersAreServed() {
    BytesOnTheWay shared = bytes(25);
    List<Share> first = new ArrayList<>();
    for (int connection = 1; connection <= 8; connection++) {
      Share share = share(reader, connection);
      assertThat(shared.take(share, PART)).isTrue();
      first.add(share);
    }
    Share beyond = share(reader, 9);
    assertThat(shared.take(beyond, PART)).isFalse();
    assertThat(shared.take(share(rules.client("other"), 10), PART)).isTrue();
    assertThat(woken).isEmpty();

    shared.leave(first.get(0));

    assertThat(woken).containsExactly(beyond);
  }

  @Test
  void take_byAnOperator_hasAReserveWhenOthersHaveAll() {
    for (int connection = 0; connection < LIMIT / PART; connection++) {
      bytes.take(share(connection), PART);
    }
    Subject operator = rules.client("operator");
    Share waits = share(operator, 100);
    for (int connection = 101; connection <= 103; connection++) {
      assertThat(bytes.take(share(operator, connection), PART)).isTrue();
    }
    assertThat(bytes.take(waits, PART)).isFalse();
    assertThat(bytes.take(share(rules.client("other"), 104), PART)).isFalse();
  }

  @Test
  void leave_ofOneThatWaits_isNotWoken() {
    Share holds = share(1);
    bytes.take(holds, LIMIT);
    Share waits = share(2);
    bytes.take(waits, PART);

    bytes.leave(waits);
    bytes.leave(holds);

    assertThat(woken).isEmpty();
    assertThat(bytes.shares().taken()).isZero();
  }

  @Test
  void take_manyStreamsAtOnce_allComeThroughAndTheLimitHolds() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int each = 0; each < 64; each++) {
        int number = each;
        done.add(
            threads.submit(
                () -> {
                  var random = new Random(number);
                  for (int round = 0; round < 2000; round++) {
                    var granted = new Semaphore(0);
                    Share share = new Share(reader, number % 7, granted::release);
                    if (bytes.take(share, PART + random.nextInt(PART)) || random.nextBoolean()) {
                      assertThat(bytes.shares().taken()).isLessThanOrEqualTo(LIMIT);
                      bytes.giveBack(share);
                    }
                    bytes.leave(share);
                  }
                  return null;
                }));
      }
      for (Future<?> one : done) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(bytes.shares().taken()).isZero();
  }

  private static BytesOnTheWay bytes(int percent) {
    return new BytesOnTheWay(new Shares(new Limit("max-watch-buffer", LIMIT), percent));
  }

  private Share share(long connection) {
    return share(reader, connection);
  }

  private Share share(Subject of, long connection) {
    Share[] made = new Share[1];
    made[0] = new Share(of, connection, () -> woken.add(made[0]));
    return made[0];
  }
}
