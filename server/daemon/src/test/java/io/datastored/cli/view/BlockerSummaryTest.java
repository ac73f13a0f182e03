package io.datastored.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.datastored.v1.DrainProgress;
import io.datastored.v1.OperationCounts;
import org.junit.jupiter.api.Test;

final class BlockerSummaryTest {

  private static final DrainProgress RECOVERING =
      DrainProgress.newBuilder()
          .setRecoveryLeft(Durations.fromSeconds(10))
          .setBound(Durations.fromSeconds(10))
          .build();

  @Test
  void sentence_ofNothing_saysSo() {
    assertThat(new BlockerSummary(DrainProgress.getDefaultInstance()).sentence())
        .isEqualTo("nothing is in the way");
  }

  @Test
  void sentence_ofARecoveryAlone_tellsItsEndOnce() {
    assertThat(new BlockerSummary(RECOVERING).sentence())
        .isEqualTo("recovering after a restart, for 10s at most");
  }

  @Test
  void sentence_ofARecoveryAndMore_tellsTheEndOfBoth() {
    DrainProgress more =
        RECOVERING.toBuilder()
            .setOperations(OperationCounts.newBuilder().setWrite(1))
            .setLeases(1)
            .setBound(Durations.fromSeconds(14))
            .build();
    assertThat(new BlockerSummary(more).sentence())
        .isEqualTo(
            "1 write in the way, recovering after a restart, for 10s at most, at most 14s if nobody"
                + " renews");
  }

  @Test
  void sentence_whenTheServerCannotTell_saysWhy() {
    DrainProgress blind = DrainProgress.newBuilder().setTrouble("the disk is full").build();
    assertThat(new BlockerSummary(blind).sentence())
        .isEqualTo("the server cannot check for blockers at the moment: the disk is full");
    assertThat(new BlockerSummary(blind.toBuilder().setLeases(1).setSessions(2).build()).sentence())
        .contains("2 sessions to acknowledge")
        .endsWith(", the server cannot check for blockers at the moment: the disk is full");
  }

  @Test
  void sentence_ofAProcessOnTheServersHost_knowsNoEnd() {
    DrainProgress local =
        DrainProgress.newBuilder().setOperations(OperationCounts.newBuilder().setRead(2)).build();
    assertThat(new BlockerSummary(local).sentence())
        .isEqualTo("2 reads in the way, for as long as they take");
  }
}
