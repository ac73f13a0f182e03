package io.datastored.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What README may claim beside what is found now. */
final class ReportTest {

  private static final String RATIO = "lookup.each.1.ours";
  private static final String FACTOR = "hotpath.threads.1";
  private static final String TIME = "drain.alive.p99";

  private final Report report =
      new Report(
          Map.of(
              RATIO, new Spread(8_000, 5_000, 9_000),
              FACTOR, new Spread(1.9, 1.5, 2.5),
              TIME, new Spread(300, 250, 500)));

  private static String claim(String number, String fact) {
    return "| so | " + number + "× <!-- " + fact + " --> |";
  }

  @Test
  void ratio_upToTwiceTheBestFound_isBelieved() {
    assertThat(report.check(claim("18,000", RATIO))).isTrue();
    assertThat(report.check(claim("18,001", RATIO))).isFalse();
    assertThat(report.check(claim("0.75", FACTOR))).isTrue();
    assertThat(report.check(claim("0.74", FACTOR))).isFalse();
  }

  @Test
  void time_upToTenTimesBetterThanFound_isBelieved() {
    assertThat(report.check("25.0 ms <!-- " + TIME + " -->")).isTrue();
    assertThat(report.check("24.9 ms <!-- " + TIME + " -->")).isFalse();
  }

  @Test
  void claimOfNoGoal_isWrong() {
    assertThat(report.check(claim("1", "no.goal"))).isFalse();
  }

  @Test
  void claimThatIsNotMeasuredNow_isNoFailure() {
    assertThat(report.check(claim("1", "grpc.lookup.etcd"))).isTrue();
  }

  @Test
  void nothingClaimed_isAFailure() {
    assertThat(report.check("no numbers")).isFalse();
  }
}
