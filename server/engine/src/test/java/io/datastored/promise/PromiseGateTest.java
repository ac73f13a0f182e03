package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.file.BreakableDisk;
import io.datastored.file.BreakableDisk.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract between an authority and all who promise by it. */
final class PromiseGateTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path directory;
  private final BreakableDisk disk = new BreakableDisk();
  private boolean held = true;
  private PromiseGate gate;

  @BeforeEach
  void open() throws Exception {
    PromiseBounds bounds = new PromiseBounds(MINUTE, ClockSlack.NONE, EarlierLeases.NONE);
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));
    gate = new PromiseGate(() -> held, FilePromiseBook.open(directory, bounds, clock, disk));
  }

  @Test
  void lone_always_holds() {
    assertThat(Authority.LONE.holds()).isTrue();
  }

  @Test
  void refusal_bothAllowIt_isEmpty_andNeedsNoWriteAgain() {
    assertThat(gate.allows(MINUTE)).isFalse();
    assertThat(gate.refusal(MINUTE)).isEmpty();
    assertThat(gate.allows(MINUTE)).isTrue();
  }

  @Test
  void refusal_bookCannotBeWritten_saysSo_andWhatWasPromisedMayBePromisedAgain() {
    disk.fill();
    assertThat(gate.refusal(MINUTE)).hasValueSatisfying(why -> assertThat(why).contains("ledger"));
    assertThat(gate.isOpen()).isTrue();
    assertThat(gate.allows(MINUTE)).isFalse();
  }

  @Test
  void refusal_authorityIsLost_nothingMayBePromised() {
    assertThat(gate.refusal(MINUTE)).isEmpty();
    held = false;
    assertThat(gate.allows(MINUTE)).isFalse();
    assertThat(gate.isOpen()).isFalse();
    assertThat(gate.refusal(MINUTE))
        .hasValueSatisfying(why -> assertThat(why).contains("authority"));
  }

  @Test
  void refusal_authorityIsLostWhileTheBookIsWritten_isSeen() {
    disk.before(Step.RENAME, () -> held = false);
    assertThat(gate.refusal(MINUTE)).isPresent();
  }
}
