package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.rpc.RetryInfo;
import io.datastored.access.AuditTrail;
import io.datastored.config.DatastoreName;
import io.datastored.engine.WriteOutcome;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.service.call.AuditLog;
import io.grpc.Status;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class RefusalsTest {
  private final Refusals refusals =
      new Refusals(
          () -> new Revision(new Incarnation("0123456789abcdef"), new Generation(42)),
          InstantSource.system(),
          new Random(1),
          new AuditLog(AuditTrail.NONE));

  @Test
  void notReady_manyClients_areSpreadOut() {
    LongStream delays =
        LongStream.range(0, 1000)
            .map(
                i ->
                    CaughtRefusal.of(refusals.notReady("stopping"))
                        .detail(RetryInfo.class)
                        .orElseThrow()
                        .getRetryDelay()
                        .getSeconds());

    assertThat(delays.distinct().sorted().toArray()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void outcomeUnknown_isNotToBeSentAgain_andSaysWhy() {
    Refusal refusal =
        refusals.of(
            new WriteOutcome.Rejected(
                WriteOutcome.Rejected.Reason.OUTCOME_UNKNOWN,
                DatastoreName.of("main"),
                new Revision(new Incarnation("0123456789abcdef"), new Generation(42)),
                Optional.empty(),
                ImmutableList.of(),
                "the file was replaced, but it cannot be synced"));

    CaughtRefusal caught = CaughtRefusal.of(refusal);
    assertThat(caught.code()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(caught.reason()).isEqualTo("OUTCOME_UNKNOWN");
    assertThat(caught.info().getMetadataMap())
        .containsEntry("detail", "the file was replaced, but it cannot be synced");
    assertThat(caught.detail(RetryInfo.class)).isEmpty();
  }

  @Test
  void refusal_thrown_hasNoStackAndTheRevisionOfTheServer() {
    Refusal refusal = refusals.wrongIncarnation();

    assertThat(refusal.getStackTrace()).isEmpty();
    assertThat(CaughtRefusal.of(refusal).info().getMetadataMap())
        .containsEntry("generation", "42")
        .containsEntry("incarnation", "0123456789abcdef");
  }
}
