package io.datastored.etcd.life;

import static io.datastored.etcd.life.LifeSite.KEYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.etcd.history.EtcdKeyValues;
import io.datastored.etcd.history.RestoredHistory.Besides;
import io.datastored.file.StoreException;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.Replica;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class UnrecordedPromisesTest {

  private static final UnrecordedPromises PROMISES =
      new UnrecordedPromises(Duration.ofSeconds(60), Duration.ofMinutes(10), 5_000);

  private LifeSite site;

  @BeforeEach
  void start() throws Exception {
    site = new LifeSite();
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private void write() throws Exception {
    EtcdKeyValues etcd = new EtcdKeyValues(site.client);
    Besides besides = PROMISES.recorded(etcd, KEYS, ClockSlack.DEFAULT, new Random(1));
    assertThat(etcd.commit(besides.when(), besides.then()).done()).isTrue();
  }

  private String value(String key) {
    return site.etcd.get(key).orElseThrow().text();
  }

  /** 60 s, its 1 % and 500 ms, and the same of 10 minutes. */
  @Test
  void wait_isForTheLongestAuthority_andTheLongestPromiseAfterIt() {
    assertThat(PROMISES.wait(ClockSlack.DEFAULT))
        .isEqualTo(Duration.ofMillis(60_000 + 600 + 500 + 600_000 + 6_000 + 500));
  }

  @Test
  void recorded_isOneMoreSilentServer_thatOthersWaitFor() throws Exception {
    write();
    assertThat(Survey.of(site.client, KEYS).lives())
        .singleElement()
        .satisfies(
            life -> {
              assertThat(life.replica()).isEqualTo("before-the-restore");
              assertThat(life.state()).isEqualTo(Replica.State.SILENT);
              assertThat(life.wait(ClockSlack.DEFAULT)).contains(PROMISES.wait(ClockSlack.DEFAULT));
            });
  }

  @Test
  void tokens_goOnAboveTheClock_andAboveWhatWasFound() throws Exception {
    write();
    assertThat(value(KEYS.tokens())).isEqualTo("5000\n");
    site.etcd.put(KEYS.tokens(), "7000\n");
    write();
    assertThat(value(KEYS.tokens())).isEqualTo("7000\n");
    site.etcd.put(KEYS.tokens(), "many");
    assertThatThrownBy(this::write)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("Put a number above every fencing token");
  }

  /** A server that has not noticed yet reserves tokens: they must not be given out twice. */
  @Test
  void tokens_reservedMeanwhile_areCompared() throws Exception {
    EtcdKeyValues etcd = new EtcdKeyValues(site.client);
    site.etcd.put(KEYS.tokens(), "7000\n");
    Besides besides = PROMISES.recorded(etcd, KEYS, ClockSlack.DEFAULT, new Random(1));
    site.etcd.put(KEYS.tokens(), "8000\n");
    assertThat(etcd.commit(besides.when(), besides.then()).done()).isFalse();
    assertThat(value(KEYS.tokens())).isEqualTo("8000\n");
  }

  @Test
  void leasesSoFar_areNotProvenAnyMore() throws Exception {
    write();
    assertThat(site.etcd.get(KEYS.continuation())).as("the first server makes it").isEmpty();
    String before = "a".repeat(64) + "\n";
    site.etcd.put(KEYS.continuation(), before);
    write();
    assertThat(value(KEYS.continuation())).isNotEqualTo(before).matches("[0-9a-f]{64}\n");
    assertThat(List.of(value(KEYS.continuation()))).doesNotContain(before);
  }
}
