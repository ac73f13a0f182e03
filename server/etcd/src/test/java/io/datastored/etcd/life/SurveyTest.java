package io.datastored.etcd.life;

import static io.datastored.etcd.life.LifeSite.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.ModelEtcd.Fate;
import io.datastored.etcd.life.LifeSite.Server;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.LifeId;
import io.datastored.promise.Replica;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SurveyTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");

  private LifeSite site;

  @BeforeEach
  void start() throws Exception {
    site = new LifeSite();
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private Survey survey() throws Exception {
    return Survey.of(site.client, KEYS);
  }

  /** Killed: its presence ends with its lease. */
  private LifeId die(Server server) {
    LifeId life = server.id();
    site.etcd.end(server.lease());
    return life;
  }

  @Test
  void lives_areByName_withWhatTheySay() throws Exception {
    Server b = site.serving("b");
    Server a = site.serving("a");
    a.life.promise(Duration.ofSeconds(60));
    LifeId dead = die(b);
    assertThat(survey().lives())
        .satisfiesExactly(
            here -> {
              assertThat(here.replica()).isEqualTo("a");
              assertThat(here.state()).isEqualTo(Replica.State.HERE);
              assertThat(here.applied()).contains(LifeSite.FIRST);
              assertThat(here.said("version")).contains("1.0");
              assertThat(here.said("addresses")).contains("a:8007");
              assertThat(here.said("weather")).isEmpty();
              assertThat(here.record().orElseThrow().longest())
                  .isEqualTo(Duration.ofMillis(61_100));
            },
            silent -> {
              assertThat(silent.life()).isEqualTo(dead);
              assertThat(silent.state()).isEqualTo(Replica.State.SILENT);
              assertThat(silent.wait(ClockSlack.DEFAULT)).contains(LifeSite.WAIT);
            });
  }

  @Test
  void life_thatHasLeft_andOneThatCannotBeRead() throws Exception {
    Server a = site.serving("a");
    a.life.promise(Duration.ofSeconds(60));
    a.life.leave(Outstanding.SOME);
    site.etcd.put(KEYS.record(new LifeId("zzzz")), "scrambled");
    assertThat(survey().of("a"))
        .singleElement()
        .satisfies(
            left -> {
              assertThat(left.state()).isEqualTo(Replica.State.LEFT);
              assertThat(left.wait(ClockSlack.DEFAULT)).contains(Duration.ofMillis(61_100));
            });
    assertThat(survey().of("zzzz"))
        .singleElement()
        .satisfies(
            unreadable -> {
              assertThat(unreadable.replica()).isEqualTo("unknown");
              assertThat(unreadable.wait(ClockSlack.DEFAULT)).isEmpty();
            });
  }

  @Test
  void asksAndWork_areByDatastore() throws Exception {
    LifeId life = new LifeId("abcd");
    site.etcd.put(KEYS.ask(MAIN, life), "\n");
    site.etcd.put(KEYS.work(MAIN, life), "since 1\n");
    site.etcd.put(KEYS.allWork() + "main/NOT-A-LIFE", "since 1\n");
    assertThat(survey().asks().get(MAIN)).containsExactly(life);
    assertThat(survey().work().get(MAIN)).containsExactly(life);
  }

  @Test
  void forget_aSilentLife_deletesItsRecord() throws Exception {
    LifeId dead = die(site.serving("a"));
    SurveyedLife found = survey().of("a").get(0);
    assertThat(Survey.forget(site.client, KEYS, found)).isTrue();
    assertThat(site.record(dead)).isEmpty();
    assertThat(Survey.forget(site.client, KEYS, found)).as("it is gone").isTrue();
  }

  /** A copy of a request that was done finds nothing to delete. */
  @Test
  void forget_withoutAnAnswer_isSentAgain() throws Exception {
    LifeId dead = die(site.serving("a"));
    SurveyedLife found = survey().of("a").get(0);
    site.etcd.fates(Fate.DONE_UNANSWERED);
    Optional<Boolean> done;
    try {
      done = Optional.of(Survey.forget(site.client, KEYS, found));
    } catch (io.datastored.file.StoreException e) {
      done = Optional.empty();
    }
    assertThat(done).isNotEqualTo(Optional.of(false));
    assertThat(site.record(dead)).isEmpty();
  }

  /** It was silent when it was found | it puts its presence back | it is forgotten. */
  @Test
  void forget_aLifeThatHasComeBack_doesNothing() throws Exception {
    Server a = site.serving("a");
    LifeId life = die(a);
    SurveyedLife found = survey().of("a").get(0);
    Duration unused = a.beat();
    assertThat(site.presence(life)).as("it is back").isPresent();
    assertThat(Survey.forget(site.client, KEYS, found)).isFalse();
    assertThat(site.record(life)).isPresent();
    site.etcd.end(a.lease());
    assertThat(Survey.forget(site.client, KEYS, found)).as("silent, but written since").isFalse();
  }
}
