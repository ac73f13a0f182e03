package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.datastored.v1.DrainStatus;
import io.datastored.v1.OperationCounts;
import org.junit.jupiter.api.Test;

final class ProtoDrainsTest {

  private static final DrainStatus WAITS =
      DrainStatus.newBuilder()
          .setDrained(false)
          .setOperations(OperationCounts.getDefaultInstance())
          .build();
  private static final DrainStatus RECOVERS =
      WAITS.toBuilder().setRecoveryLeft(Durations.fromSeconds(600)).build();

  @Test
  void progress_whileNobodyIsKnown_doesNotSayThatSomebodyIs() {
    assertThat(ProtoDrains.progress(RECOVERS)).isEqualTo("recovering");
  }

  @Test
  void progress_ofWhatIsUsed_saysSo_alsoInARecovery() {
    assertThat(ProtoDrains.progress(WAITS)).isEqualTo("in use");
    assertThat(
            ProtoDrains.progress(
                RECOVERS.toBuilder()
                    .setOperations(OperationCounts.newBuilder().setWrite(1))
                    .build()))
        .isEqualTo("in use");
    assertThat(ProtoDrains.progress(RECOVERS.toBuilder().setSessions(1).build()))
        .isEqualTo("in use");
    assertThat(ProtoDrains.progress(RECOVERS.toBuilder().setForcedLeases(1).build()))
        .isEqualTo("in use");
  }

  @Test
  void progress_ofADrainThatIsDone_saysSo() {
    assertThat(ProtoDrains.progress(DrainStatus.newBuilder().setDrained(true).build()))
        .isEqualTo("drained");
  }
}
