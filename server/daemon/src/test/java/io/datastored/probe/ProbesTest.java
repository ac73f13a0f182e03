package io.datastored.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.testkit.ManualTicker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ProbesTest {
  private static final Target MAIN = target("/srv/main");
  private static final Target DEAD = target("/srv/dead");
  private static final ProbeOptions OPTIONS =
      new ProbeOptions(Duration.ofSeconds(10), Duration.ofSeconds(5), 1, 2);

  private final ManualTicker ticker = new ManualTicker();
  private final Disks disks = new Disks();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final Probes probes =
      new Probes(OPTIONS, disks, ticker, (path, question) -> executor.execute(question));

  /** File systems of which some do not answer until they are told to. Thread-safe. */
  private static final class Disks implements Probe {
    final Map<Path, CountDownLatch> dead = new ConcurrentHashMap<>();
    final Map<Path, String> broken = new ConcurrentHashMap<>();
    final AtomicInteger asked = new AtomicInteger();
    final AtomicInteger answering = new AtomicInteger();

    @Override
    public Measurement measure(Path basePath) throws IOException {
      int total = asked.incrementAndGet();
      answering.incrementAndGet();
      try {
        CountDownLatch latch = dead.get(basePath);
        if (latch != null) {
          latch.await();
        }
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      } finally {
        answering.decrementAndGet();
      }
      String error = broken.get(basePath);
      if (error != null) {
        throw new IOException(error);
      }
      return new Measurement(new Space(total, 0, 0), Optional.empty());
    }
  }

  private static Target target(String path) {
    return new Target(Path.of(path), Optional.empty());
  }

  @AfterEach
  void stop() {
    disks.dead.values().forEach(CountDownLatch::countDown);
    executor.shutdownNow();
  }

  @Test
  void reading_neverAsked_isEmpty() {
    assertThat(probes.reading(MAIN)).isEqualTo(Reading.NONE);
  }

  @Test
  void refresh_first_isMeasuredInTheBackground() throws InterruptedException {
    probes.refresh(List.of(MAIN));
    probes.awaitFirst(List.of(MAIN), Duration.ofSeconds(10));

    assertThat(probes.reading(MAIN).measurement()).isPresent();
    assertThat(probes.reading(MAIN).error()).isEmpty();
  }

  @Test
  void refresh_fresh_isNotAskedAgain() throws InterruptedException {
    measure(MAIN);
    pass(OPTIONS.freshness().minusNanos(1));
    probes.refresh(List.of(MAIN));
    assertThat(disks.asked).hasValue(1);

    pass(Duration.ofNanos(1));
    probes.refresh(List.of(MAIN));
    await().untilAsserted(() -> assertThat(total(MAIN)).isEqualTo(2));
  }

  @Test
  void reading_old_hasItsAge() throws InterruptedException {
    measure(MAIN);
    pass(Duration.ofSeconds(3));

    assertThat(probes.reading(MAIN).age()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void refresh_fails_keepsTheOldValueAndSaysWhy() throws InterruptedException {
    measure(MAIN);
    disks.broken.put(MAIN.basePath(), "the disk is on fire");
    pass(OPTIONS.freshness());
    probes.refresh(List.of(MAIN));

    await().untilAsserted(() -> assertThat(probes.reading(MAIN).error()).contains("on fire"));
    assertThat(total(MAIN)).isEqualTo(1);
    assertThat(probes.reading(MAIN).age()).isEqualTo(OPTIONS.freshness());
  }

  @Test
  void refresh_hung_isAskedOnceHoweverOften() {
    hang(DEAD);
    probes.refresh(List.of(DEAD));
    await().until(() -> disks.answering.get() == 1);
    for (int i = 0; i < 5; i++) {
      pass(Duration.ofMinutes(1));
      probes.refresh(List.of(DEAD));
    }

    assertThat(disks.asked).hasValue(1);
    assertThat(probes.reading(DEAD).error()).isEqualTo("no answer for 300 s");
  }

  @Test
  void refresh_hung_givesItsPlaceToOthersAfterTheLimit() {
    hang(DEAD);
    probes.refresh(List.of(DEAD));
    await().until(() -> disks.answering.get() == 1);
    probes.refresh(List.of(MAIN));
    assertThat(disks.asked).as("one place").hasValue(1);

    pass(OPTIONS.limit().plusNanos(1));
    probes.refresh(List.of());

    await().until(() -> probes.reading(MAIN).measurement().isPresent());
  }

  @Test
  void refresh_asManyHangAsMay_startsNoFurther() {
    Target other = target("/srv/dead-too");
    hang(DEAD);
    hang(other);
    probes.refresh(List.of(DEAD, other, MAIN));
    await().until(() -> disks.answering.get() == 1);
    pass(OPTIONS.limit().plusNanos(1));
    probes.refresh(List.of());
    await().until(() -> disks.answering.get() == 2);
    pass(OPTIONS.limit().plusNanos(1));
    probes.refresh(List.of());
    assertThat(disks.asked).hasValue(2);

    disks.dead.get(DEAD.basePath()).countDown();

    await().until(() -> probes.reading(MAIN).measurement().isPresent());
  }

  @Test
  void refresh_hungReturns_isFreshAgain() throws InterruptedException {
    measure(DEAD);
    hang(DEAD);
    pass(OPTIONS.freshness());
    probes.refresh(List.of(DEAD));
    await().until(() -> disks.answering.get() == 1);
    pass(OPTIONS.limit().plusNanos(1));
    probes.refresh(List.of());
    assertThat(total(DEAD)).as("the old value").isEqualTo(1);

    disks.dead.get(DEAD.basePath()).countDown();

    await().untilAsserted(() -> assertThat(probes.reading(DEAD).error()).isEmpty());
    assertThat(total(DEAD)).isEqualTo(2);
  }

  @Test
  void awaitFirst_hung_costsItsTimeOnce() throws InterruptedException {
    hang(DEAD);
    probes.refresh(List.of(DEAD));
    probes.awaitFirst(List.of(DEAD), Duration.ofMillis(1));

    // It would take longer than the test may: the second one does not wait.
    probes.awaitFirst(List.of(DEAD), Duration.ofDays(1));
  }

  @Test
  void refresh_leftAlone_isNotAskedAndKeepsWhatIsKnown() throws InterruptedException {
    measure(MAIN);
    Target closed =
        new Target(MAIN.basePath(), Optional.of("not probed in maintenance mode offline"));
    pass(OPTIONS.freshness());
    probes.refresh(List.of(closed));

    assertThat(disks.asked).hasValue(1);
    assertThat(probes.reading(closed).measurement()).isPresent();
    assertThat(probes.reading(closed).error()).contains("offline");
  }

  @Test
  void retain_others_areForgotten() throws InterruptedException {
    measure(MAIN);
    probes.retain(Set.of());

    assertThat(probes.reading(MAIN)).isEqualTo(Reading.NONE);
  }

  private void measure(Target target) throws InterruptedException {
    probes.refresh(List.of(target));
    probes.awaitFirst(List.of(target), Duration.ofSeconds(10));
    assertThat(probes.reading(target).measurement()).isPresent();
  }

  private void hang(Target target) {
    disks.dead.put(target.basePath(), new CountDownLatch(1));
  }

  private void pass(Duration time) {
    ticker.advance(time);
  }

  private long total(Target target) {
    return probes.reading(target).measurement().orElseThrow().space().total();
  }
}
