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

  private static String claim(String reach, String number, String fact) {
    return "| so | to that | " + reach + "× | " + number + "× <!-- " + fact + " --> |";
  }

  private boolean reported(String readme) {
    return report.check(readme, Report.Processor.REPORTED);
  }

  private boolean other(String readme) {
    return report.check(readme, Report.Processor.OTHER);
  }

  @Test
  void ratio_upToTwiceTheBestFound_isBelieved() {
    assertThat(reported(claim("≥ 9,000", "18,000", RATIO))).isTrue();
    assertThat(reported(claim("≥ 9,000", "18,001", RATIO))).isFalse();
    assertThat(reported(claim("≤ 2", "0.75", FACTOR))).isTrue();
    assertThat(reported(claim("≤ 2", "0.74", FACTOR))).isFalse();
  }

  @Test
  void onAnotherProcessor_onlyTheReachCounts() {
    assertThat(other(claim("≥ 9,000", "18,001", RATIO))).isTrue();
    assertThat(other(claim("≥ 9,001", "18,001", RATIO))).isFalse();
    assertThat(other(claim("≤ 1.5", "0.1", FACTOR))).isTrue();
    assertThat(other(claim("≤ 1.4", "0.1", FACTOR))).isFalse();
  }

  @Test
  void reach_thatTheBestFoundMisses_isWrongOnTheReportedProcessor_too() {
    assertThat(reported(claim("≥ 9,001", "9,500", RATIO))).isFalse();
  }

  @Test
  void time_upToTenTimesBetterThanFound_isBelieved() {
    assertThat(reported("| ≤ 250 ms | 25.0 ms <!-- " + TIME + " -->")).isTrue();
    assertThat(reported("| ≤ 250 ms | 24.9 ms <!-- " + TIME + " -->")).isFalse();
  }

  @Test
  void claimWithoutAReach_isWrong() {
    assertThat(other("| so | 1× <!-- " + RATIO + " -->")).isFalse();
    assertThat(other("| ≥ 1× |\n| 1× <!-- " + RATIO + " -->")).isFalse();
  }

  @Test
  void claimOfNoGoal_isWrong() {
    assertThat(other(claim("≥ 1", "1", "no.goal"))).isFalse();
  }

  @Test
  void claimThatIsNotMeasuredNow_isNoFailure() {
    assertThat(other(claim("≥ 1", "1", "grpc.lookup.etcd"))).isTrue();
  }

  @Test
  void nothingClaimed_isAFailure() {
    assertThat(other("no numbers")).isFalse();
  }
}
