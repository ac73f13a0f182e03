package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.file.BreakableDisk;
import io.datastored.file.BreakableDisk.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract between an authority and all who promise by it. */
final class PromiseGateTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path directory;
  private final BreakableDisk disk = new BreakableDisk();
  private Optional<LifeId> life = Optional.of(new LifeId("first"));
  private PromiseGate gate;

  @BeforeEach
  void open() throws Exception {
    PromiseBounds bounds = new PromiseBounds(MINUTE, ClockSlack.NONE, EarlierLeases.NONE);
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));
    gate = new PromiseGate(() -> life, FilePromiseBook.open(directory, bounds, clock, disk));
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
    assertThat(gate.refusal(MINUTE))
        .hasValueSatisfying(why -> assertThat(why).contains("cannot be recorded"));
    assertThat(gate.isOpen()).isTrue();
    assertThat(gate.allows(MINUTE)).isFalse();
  }

  @Test
  void refusal_authorityIsLost_nothingMayBePromised() {
    assertThat(gate.refusal(MINUTE)).isEmpty();
    life = Optional.empty();
    assertThat(gate.allows(MINUTE)).isFalse();
    assertThat(gate.isOpen()).isFalse();
    assertThat(gate.refusal()).isPresent();
    assertThat(gate.refusal(MINUTE))
        .hasValueSatisfying(why -> assertThat(why).contains("authority"));
  }

  @Test
  void refusal_authorityIsLostWhileTheBookIsWritten_isSeen() {
    disk.before(Step.RENAME, () -> life = Optional.empty());
    assertThat(gate.refusal(MINUTE)).isPresent();
  }

  @Test
  void lapsed_onlyTheSameLife_mayKeepWhatWasRegistered() {
    assertThat(gate.refusal(MINUTE)).isEmpty();
    Optional<LifeId> first = gate.life();
    assertThat(gate.lapsed(first, Duration.ZERO)).isEmpty();
    life = Optional.empty();
    assertThat(gate.lapsed(first, Duration.ZERO)).isPresent();
    assertThat(gate.lapsed(gate.life(), Duration.ZERO)).as("permitted in none").isPresent();
    life = Optional.of(new LifeId("second"));
    assertThat(gate.lapsed(first, Duration.ZERO)).isPresent();
    life = first;
    assertThat(gate.lapsed(first, Duration.ZERO)).as("a gap within a life ends nothing").isEmpty();
  }

  @Test
  void lapsed_longerThanTheBookAllows_mayNotBeKept() {
    assertThat(gate.refusal(MINUTE)).isEmpty();
    assertThat(gate.lapsed(gate.life(), MINUTE)).isEmpty();
    assertThat(gate.lapsed(gate.life(), MINUTE.plusNanos(1))).isPresent();
    assertThat(gate.lapsed(MINUTE.plusNanos(1))).isPresent();
  }
}
