package io.datastored.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.watch.TestRules;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class SharesTest {

  private static final Principal ALICE = new Principal("uid:1");
  private static final Principal BOB = new Principal("uid:2");

  private static Shares shares(long total, int percent) {
    return new Shares(new Limit("max-things", total), percent);
  }

  @Test
  void principal_getsItsShare_andOthersGetTheirs() {
    Shares shares = shares(10, 20);

    assertThat(shares.tryTake(ALICE)).isTrue();
    assertThat(shares.hasRoom(ALICE)).isTrue();
    assertThat(shares.tryTake(ALICE)).isTrue();
    assertThat(shares.tryTake(ALICE)).isFalse();
    assertThat(shares.hasRoom(ALICE)).isFalse();
    assertThat(shares.tryTake(BOB)).isTrue();

    shares.giveBack(ALICE);
    assertThat(shares.tryTake(ALICE)).isTrue();
  }

  @Test
  void principalWithoutPlaces_isForgotten() {
    Shares shares = shares(10, 50);
    for (int uid = 0; uid < 10_000; uid++) {
      Principal one = Identity.user(uid);
      assertThat(shares.tryTake(one)).isTrue();
      shares.giveBack(one);
    }
    assertThat(shares.principals()).isZero();
  }

  @Test
  void share_isItsPercentage_roundedUp() {
    assertThat(shares(1, 1).each()).isEqualTo(1);
    assertThat(shares(10, 80).each()).isEqualTo(8);
    assertThat(shares(11, 80).each()).isEqualTo(9);
    assertThat(shares(Long.MAX_VALUE, 80).each()).isEqualTo(7_378_697_629_483_820_646L);
    assertThat(shares(3, Shares.WHOLE).tryTake(ALICE)).isTrue();
    assertThatThrownBy(() -> shares(3, 0)).hasMessageContaining("1 to 100 percent");
    assertThatThrownBy(() -> shares(3, 101)).hasMessageContaining("1 to 100 percent");
  }

  @Test
  void operators_getPlacesBeyondTheLimit_whenOthersHaveAll() {
    Shares shares = shares(10, 50);
    Subject operator = subject(Role.OPERATOR);
    for (int taken = 0; taken < 5; taken++) {
      assertThat(shares.tryTake(ALICE)).isTrue();
      assertThat(shares.tryTake(BOB)).isTrue();
    }

    assertThat(shares.tryTake(subject(Role.USER))).isFalse();
    assertThat(shares.hasRoom(subject(Role.USER), 1)).isFalse();
    assertThat(shares.hasRoom(operator, 1)).isTrue();
    assertThat(shares.tryTake(operator)).isTrue();
    assertThat(shares.hasRoom(operator, 1)).isFalse();
    assertThat(shares.tryTake(operator)).as("a tenth is reserved").isFalse();
    assertThat(shares.taken()).isEqualTo(11);
  }

  @Test
  void tryTake_refusedByTheTotal_givesItsShareBack() {
    Shares shares = shares(2, 50);
    Principal late = new Principal("uid:3");
    assertThat(shares.tryTake(ALICE)).isTrue();
    assertThat(shares.tryTake(BOB)).isTrue();
    assertThat(shares.tryTake(late)).isFalse();

    shares.giveBack(BOB);

    assertThat(shares.tryTake(late)).isTrue();
  }

  @Test
  void operators_haveAShareToo() {
    Shares shares = shares(10, 50);
    Subject operator = subject(Role.OPERATOR);
    for (int taken = 0; taken < 5; taken++) {
      assertThat(shares.tryTake(operator)).isTrue();
    }
    assertThat(shares.tryTake(operator)).isFalse();
    assertThat(shares.taken()).isEqualTo(5);
  }

  @Test
  void hasRoom_forWhatIsLargerThanAShare_ifThePrincipalHasNothing() {
    Shares shares = shares(100, 10);
    Subject user = subject(Role.USER);

    assertThat(shares.hasRoom(user, 100)).isTrue();
    assertThat(shares.hasRoom(user, 101)).isFalse();
    shares.add(user.identity().principal(), 5);
    assertThat(shares.hasRoom(user, 5)).isTrue();
    assertThat(shares.hasRoom(user, 6)).isFalse();
  }

  @Test
  void reached_namesTheShare_orThatAllIsTaken() {
    Shares shares = shares(2, 50);
    assertThat(shares.tryTake(ALICE)).isTrue();
    assertThat(shares.reached(ALICE))
        .hasToString("uid:1 has its share of limit max-things, 1 of 2");
    assertThat(shares.tryTake(BOB)).isTrue();
    assertThat(shares.reached(new Principal("uid:3")))
        .hasToString("limit max-things = 2 is reached");
  }

  @Test
  void greatest_areTheFirst_andNoMore() {
    Shares shares = shares(1_000, 100);
    for (int uid = 1; uid <= 20; uid++) {
      shares.add(Identity.user(uid), uid);
    }
    assertThat(shares.greatest(3)).extracting(Shares.Taker::places).containsExactly(20L, 19L, 18L);
  }

  @Test
  void tryTake_fromManyThreads_passesNoLimitAndLosesNoPlace() throws Exception {
    Shares shares = shares(10, 60);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (Principal each : List.of(ALICE, ALICE, BOB, BOB)) {
        done.add(
            threads.submit(
                () -> {
                  for (int round = 0; round < 20_000; round++) {
                    if (shares.tryTake(each)) {
                      assertThat(shares.taken()).isLessThanOrEqualTo(10);
                      assertThat(shares.takenBy(each)).isLessThanOrEqualTo(6);
                      shares.giveBack(each);
                    }
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
    assertThat(shares.taken()).isZero();
    assertThat(shares.principals()).isZero();
  }

  private static Subject subject(Role role) {
    String rule = "allow uid:* %s *".formatted(role.word());
    return TestRules.of(rule).access.subject(Identity.local(7, 7));
  }
}
