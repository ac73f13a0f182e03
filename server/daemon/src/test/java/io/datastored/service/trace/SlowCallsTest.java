package io.datastored.service.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.datastored.engine.CommitTimes;
import io.datastored.engine.ReloadCause;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.testkit.LoggedLines;
import io.datastored.testkit.ManualTicker;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.grpc.Context;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SlowCallsTest {
  private static final Duration BOUND = Duration.ofMillis(100);

  private final ManualTicker ticker = new ManualTicker();
  private final SlowCalls slow = new SlowCalls(Optional.of(BOUND), ticker);

  private void spend(long millis) {
    ticker.advance(Duration.ofMillis(millis));
  }

  /** A call that waits for a thread and then works. */
  private void call(SlowCalls to, long queued, long works) {
    CallTimes times = to.begin();
    spend(queued);
    times.start();
    spend(works);
    to.end(times, "uid:0");
  }

  private Map<String, Long> counts(SlowCalls of) {
    Map<String, Long> counts = new HashMap<>();
    of.each(counts::put);
    return counts;
  }

  @Test
  void callThatTakesLonger_isLoggedWithWhereItsTimeWent() {
    var id = new RequestId(new Metadata(), MaintenanceServiceGrpc.getSetMaintenanceModeMethod());
    try (LoggedLines lines = LoggedLines.of(SlowCalls.class)) {
      Context.current()
          .withValue(RequestId.KEY, id)
          .run(
              () -> {
                CallTimes times = slow.begin();
                spend(30);
                times
                    .context()
                    .run(
                        () -> {
                          times.start();
                          spend(90);
                          slow.committed(commit());
                          slow.end(times, "uid:0");
                        });
              });

      assertThat(lines.lines())
          .containsExactly(
              "a call was slow method=SetMaintenanceMode who=uid:0 took_ms=120 queued_ms=30"
                  + " wait_ms=0 decide_ms=5 write_ms=10 sync_ms=60 publish_ms=0 rest_ms=15");
      assertThat(counts(slow)).containsExactly(Map.entry("SetMaintenanceMode", 1L));
    }
  }

  private static CommitTimes commit() {
    return new CommitTimes(
        ReloadCause.WRITE,
        new Revision(new Incarnation("0123456789abcdef"), new Generation(7)),
        ImmutableMap.of(
            CommitTimes.Part.DECIDE, Duration.ofMillis(5),
            CommitTimes.Part.WRITE, Duration.ofMillis(10),
            CommitTimes.Part.SYNC, Duration.ofMillis(60)));
  }

  @Test
  void callWithinTheBound_isNotLogged() {
    try (LoggedLines lines = LoggedLines.of(SlowCalls.class)) {
      call(slow, 50, 49);

      assertThat(lines.lines()).isEmpty();
      assertThat(counts(slow)).isEmpty();
    }
  }

  @Test
  void withoutBound_nothingIsSlow() {
    var off = new SlowCalls(Optional.empty(), ticker);
    try (LoggedLines lines = LoggedLines.of(SlowCalls.class)) {
      call(off, 1_000_000, 1_000_000);

      assertThat(lines.lines()).isEmpty();
      assertThat(counts(off)).isEmpty();
    }
  }

  @Test
  void manySlowCalls_haveFewLines_andTheNextSaysHowManyHadNone() {
    try (LoggedLines lines = LoggedLines.of(SlowCalls.class)) {
      for (int i = 0; i < 25; i++) {
        call(slow, 100, 0);
      }
      assertThat(lines.lines()).hasSize(10);

      spend(10_000);
      call(slow, 100, 0);
      assertThat(lines.lines()).hasSize(11);
      assertThat(lines.lines().get(10)).endsWith("without_a_line=15");
      assertThat(counts(slow).values()).containsExactly(26L);
    }
  }
}
