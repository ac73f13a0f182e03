package io.datastored.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.access.AuditPace.Omission;
import io.datastored.testkit.ManualTicker;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class AuditPaceTest {

  private static final Principal ALICE = Principal.named("cn:", "alice");
  private static final Principal BOB = Principal.named("cn:", "bob");
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualTicker ticker = new ManualTicker();
  private final AuditPace pace = new AuditPace(10);

  private long admitted(Principal who, int denials) {
    return IntStream.range(0, denials)
        .filter(each -> pace.next(who, ticker.read()).admitted())
        .count();
  }

  @Test
  void denials_ofOnePrincipal_getTenLinesASecondEach() {
    assertThat(admitted(ALICE, 1_000)).isEqualTo(10);
    assertThat(admitted(BOB, 9)).isEqualTo(9);
    ticker.advance(SECOND.minusNanos(1));
    assertThat(admitted(ALICE, 1)).isZero();
    ticker.advance(Duration.ofNanos(1));
    assertThat(admitted(ALICE, 1)).isEqualTo(1);
  }

  @Test
  void omitted_areToldBeforeTheNextOfThePrincipal() {
    assertThat(admitted(ALICE, 1_000)).isEqualTo(10);
    ticker.advance(SECOND);
    AuditPace.Turn next = pace.next(ALICE, ticker.read());
    assertThat(next.admitted()).isTrue();
    assertThat(next.before()).contains(new Omission(Optional.of(ALICE), 990));
    assertThat(pace.next(ALICE, ticker.read()).before()).isEmpty();
  }

  @Test
  void omitted_ofAPrincipalThatIsSilent_areToldWhenTheSecondIsOver() {
    assertThat(admitted(ALICE, 12)).isEqualTo(10);
    assertThat(admitted(BOB, 3)).isEqualTo(3);
    assertThat(pace.over(ticker.read())).isEmpty();
    ticker.advance(SECOND);
    assertThat(pace.over(ticker.read())).containsExactly(new Omission(Optional.of(ALICE), 2));
    assertThat(pace.over(ticker.read())).isEmpty();
  }

  @Test
  void principals_beyondAThousand_shareAPlace() {
    for (int each = 0; each < 1_000; each++) {
      assertThat(admitted(Principal.named("cn:", "p" + each), 1)).isEqualTo(1);
    }
    long admitted = 0;
    for (int each = 1_000; each < 101_000; each++) {
      admitted += admitted(Principal.named("cn:", "p" + each), 1);
    }
    assertThat(admitted).isEqualTo(10);
    ticker.advance(SECOND);
    assertThat(pace.over(ticker.read()))
        .containsExactly(new Omission(Optional.empty(), 100_000 - 10));
  }
}
