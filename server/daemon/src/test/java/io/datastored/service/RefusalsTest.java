package io.datastored.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.RetryInfo;
import io.datastored.generation.Generation;
import io.datastored.generation.Incarnation;
import io.datastored.generation.Revision;
import java.time.InstantSource;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class RefusalsTest {
  private final Refusals refusals =
      new Refusals(
          () -> new Revision(new Incarnation("0123456789abcdef"), new Generation(42)),
          InstantSource.system(),
          new Random(1));

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
  void refusal_thrown_hasNoStackAndTheRevisionOfTheServer() {
    Refusal refusal = refusals.wrongIncarnation();

    assertThat(refusal.getStackTrace()).isEmpty();
    assertThat(CaughtRefusal.of(refusal).info().getMetadataMap())
        .containsEntry("generation", "42")
        .containsEntry("incarnation", "0123456789abcdef");
  }
}
