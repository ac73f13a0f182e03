package io.datastored.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.service.stream.BytesOnTheWay.Share;
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

  private final BytesOnTheWay bytes = new BytesOnTheWay(LIMIT);
  private final List<Share> woken = new ArrayList<>();

  @Test
  void take_ofOneConnection_isBoundedByItsPart() {
    assertThat(bytes.take(share(1), PART)).isTrue();
    assertThat(bytes.take(share(1), PART)).isTrue();
    assertThat(bytes.take(share(1), PART)).isFalse();
    assertThat(bytes.total()).isEqualTo(2 * PART);
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
    assertThat(bytes.total()).isEqualTo(LIMIT);
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
    assertThat(bytes.total()).isZero();
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
    assertThat(bytes.total()).isZero();
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
                    Share share = new Share(number % 7, granted::release);
                    if (bytes.take(share, PART + random.nextInt(PART)) || random.nextBoolean()) {
                      assertThat(bytes.total()).isLessThanOrEqualTo(LIMIT);
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
    assertThat(bytes.total()).isZero();
  }

  private Share share(long connection) {
    Share[] made = new Share[1];
    made[0] = new Share(connection, () -> woken.add(made[0]));
    return made[0];
  }
}
