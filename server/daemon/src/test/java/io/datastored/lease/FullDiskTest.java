package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ask;
import static io.datastored.lease.LeaseFixture.held;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.MaintenanceMode;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.file.BreakableDisk;
import io.datastored.lease.LeaseOutcome.LeaseRefused.Reason;
import io.datastored.lease.LeaseOutcome.Leased.How;
import io.datastored.lease.SessionOutcome.SessionOpened;
import io.datastored.lease.SessionOutcome.SessionRefused;
import io.datastored.promise.FencingToken;
import io.datastored.testkit.LoggedLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused while the ledger cannot be written, what is told of it, and how it ends. */
final class FullDiskTest {

  @TempDir Path directory;

  @Test
  void refusedCalls_areLoggedOnceAndOnceMoreWhenItIsOver() throws Exception {
    LeaseFixture leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    leases.disk.fill();
    try (LoggedLines grants = LoggedLines.of(LeaseGranter.class);
        LoggedLines sessions = LoggedLines.of(SessionTable.class);
        LoggedLines troubles = LoggedLines.of(Troubles.class)) {
      for (int call = 0; call < 1_000; call++) {
        assertThat(leases.refused(ask("a")).reason()).isEqualTo(Reason.NOT_PROMISED);
        assertThat(open(leases)).isInstanceOf(SessionRefused.class);
      }
      leases.pass(Duration.ofSeconds(5));
      assertThat(leases.engine.troubles().ofServer(TroubleCause.LEASES)).isPresent();
      assertThat(troubles.messages()).singleElement().asString().contains("leases");

      leases.disk.heal();
      leases.pass(Duration.ofSeconds(2));

      assertThat(leases.engine.troubles().ofServer()).as("healed without a call").isEmpty();
      assertThat(troubles.messages()).hasSize(2);
      assertThat(grants.messages()).isEmpty();
      assertThat(sessions.messages()).isEmpty();
    }
    assertThat(leases.granted(ask("a")).how()).isEqualTo(How.GRANTED);
    assertThat(open(leases)).isInstanceOf(SessionOpened.class);
  }

  @Test
  void whatNeedsNoNewNumber_goesOn() throws Exception {
    LeaseFixture leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    leases.open("s");
    leases.granted(ask("a"));
    leases.disk.fill();
    assertThat(leases.granted(ask("a")).how()).isEqualTo(How.RENEWED);
    assertThat(leases.granted(ask("b")).how()).as("of the block").isEqualTo(How.GRANTED);
    assertThat(leases.renewed("s").ttl()).isPositive();
    assertThat(leases.release("a")).isTrue();
    assertThat(leases.engine.troubles().ofServer()).isEmpty();
  }

  @Test
  void restart_startsContinuesAndRefusesOnlyWhatIsNew() throws Exception {
    LeaseFixture before = new LeaseFixture(directory, LeaseFixture.EXACT);
    FencingToken token = before.granted(ask("a")).lease().token();
    var full = new BreakableDisk();
    full.fill();

    LeaseFixture leases = new LeaseFixture(directory, LeaseFixture.EXACT, full);
    leases.room.recovery().begin();

    assertThat(leases.granted(held("a", token)).how()).isEqualTo(How.RECLAIMED);
    assertThat(leases.granted(held("a", token)).how()).isEqualTo(How.RENEWED);
    assertThat(leases.refused(ask("new")).reason()).isEqualTo(Reason.NOT_PROMISED);
    assertThat(leases.setMode(LeaseFixture.ALPHA, MaintenanceMode.OFFLINE)).isNotNull();
    assertThat(leases.release("a")).isTrue();
    full.heal();
    assertThat(
            leases.granted(
                ask(
                    "new",
                    LeaseFixture.BETA,
                    io.datastored.operation.Operation.READ,
                    LeaseFixture.MINUTE)))
        .isNotNull();
  }

  private static SessionOutcome open(LeaseFixture leases) {
    return leases.sessions.open(
        new SessionRequest(Optional.empty(), Holder.UNKNOWN, Optional.empty(), false));
  }
}
