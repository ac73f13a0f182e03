package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.access.AuditTrail;
import io.datastored.access.Principal;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.drain.Drains;
import io.datastored.drain.NeighbourManner;
import io.datastored.engine.EngineFixture;
import io.datastored.engine.Intent;
import io.datastored.file.BreakableDisk;
import io.datastored.file.StoreException;
import io.datastored.lease.Holder;
import io.datastored.lease.Lease;
import io.datastored.lease.LeaseGround;
import io.datastored.lease.LeaseId;
import io.datastored.lease.LeaseOptions;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseRequest;
import io.datastored.lease.Leases;
import io.datastored.operation.Operation;
import io.datastored.promise.Authority;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.EarlierLeases;
import io.datastored.promise.FilePromiseBook;
import io.datastored.service.wire.Refusal;
import io.datastored.service.wire.Refusals;
import io.datastored.testkit.ManualTicker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RemovalsTest {
  private static final DatastoreName ALPHA = DatastoreName.of("alpha");
  private static final Duration TTL = Duration.ofSeconds(10);
  private static final LeaseOptions OPTIONS =
      LeaseOptions.of(
          options -> {
            options.margin = ClockSlack.NONE;
            options.earlierLeases = EarlierLeases.NONE;
          });

  @TempDir Path directory;
  private final ManualTicker time = new ManualTicker();

  @Test
  void remove_leaseIsContinuedAtTheVeryEndOfRecovery_isRefused() throws Exception {
    // Whichever reading of the clock it is continued before.
    for (int reading = 1; reading <= 5; reading++) {
      EngineFixture fixture = EngineFixture.with("datastore: alpha\n\tpath /srv/alpha\n");
      Path state = Files.createDirectory(directory.resolve("state" + reading));
      Leases before = start(fixture, state);
      Lease held = ask(before, Optional.empty()).lease();
      fixture.setMode(ALPHA, MaintenanceMode.DELETE);
      // The counts of the server that was killed are gone: its counter file has no holder.
      assertThat(before.leases().release(new LeaseId("a"), Principal.ANONYMOUS)).isTrue();
      Leases room = start(fixture, state);
      pass(room, TTL.minusMillis(100));
      time.atReading(
          reading,
          () -> {
            var unused = ask(room, Optional.of(held));
            time.advance(Duration.ofMillis(200));
          });

      assertThatThrownBy(
              () ->
                  removals(fixture, room)
                      .remove(
                          ALPHA,
                          Optional.empty(),
                          Removals.Missing.REFUSED,
                          NeighbourManner.WAIT,
                          Intent.COMMIT))
          .isInstanceOf(Refusal.class);

      assertThat(fixture.engine().snapshot().find(ALPHA)).isPresent();
    }
  }

  private static Removals removals(EngineFixture fixture, Leases room) {
    Refusals refusals =
        new Refusals(
            () -> fixture.engine().snapshot().revision(),
            InstantSource.system(),
            new Random(1),
            new AuditLog(AuditTrail.NONE));
    return new Removals(
        fixture.engine(),
        new Drains(fixture.engine(), room, room.peers()),
        new AuditLog(AuditTrail.NONE),
        refusals);
  }

  private Leases start(EngineFixture fixture, Path state) throws StoreException {
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));
    Leases room =
        new Leases(
            fixture.engine(),
            LeaseGround.alone(
                FilePromiseBook.open(state, OPTIONS.promises(), clock, new BreakableDisk()),
                Authority.LONE),
            OPTIONS,
            time,
            new SplittableRandom(7),
            AuditTrail.NONE,
            Runnable::run);
    room.recovery().begin();
    return room;
  }

  private static Leased ask(Leases room, Optional<Lease> held) {
    return (Leased)
        room.leases()
            .ask(
                new LeaseRequest(
                    ALPHA,
                    Operation.WRITE,
                    Optional.empty(),
                    Optional.of(TTL),
                    Optional.of(new LeaseId("a")),
                    held.map(Lease::token),
                    held.map(Lease::continuation).orElse(""),
                    Duration.ZERO,
                    Holder.UNKNOWN,
                    ""));
  }

  private void pass(Leases room, Duration duration) {
    for (Duration left = duration; !left.isZero(); ) {
      Duration step = left.compareTo(OPTIONS.tick()) < 0 ? left : OPTIONS.tick();
      time.advance(step);
      room.sweep();
      left = left.minus(step);
    }
  }
}
