package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.datastored.access.Principal;
import io.datastored.access.RecordedTrail;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.BreakableDisk;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.SessionOutcome.SessionOpened;
import io.datastored.operation.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeaseTrailTest {

  private static final Principal ALICE = Principal.named("cn:", "alice");
  private static final Principal BOB = Principal.named("cn:", "bob");

  @TempDir Path directory;
  private final RecordedTrail trail = new RecordedTrail();
  private LeaseFixture leases;

  @BeforeEach
  void open() throws Exception {
    leases = new LeaseFixture(directory, LeaseFixture.EXACT, new BreakableDisk(), trail);
  }

  private static LeaseRequest ask(String id, Operation operation, Optional<SessionId> session) {
    return new LeaseRequest(
        ALPHA,
        operation,
        session,
        Optional.empty(),
        Optional.of(new LeaseId(id)),
        Optional.empty(),
        "",
        Duration.ZERO,
        new Holder("client\n", "h\"1", 42, "1.0", ALICE, Optional.empty()),
        "nightly");
  }

  private Leased grant(String id, Operation operation) {
    Leased leased = leases.granted(ask(id, operation, Optional.empty()));
    leases.room.trail().granted(leased, () -> "r-1");
    return leased;
  }

  private SessionOpened open(String id) {
    var holder = new Holder("client", "h1", 42, "1.0", ALICE, Optional.empty());
    var opened =
        (SessionOpened)
            leases.sessions.open(
                new SessionRequest(
                    Optional.of(new SessionId(id)), holder, Optional.empty(), false));
    leases.room.trail().opened(opened, () -> "r-2");
    return opened;
  }

  @Test
  void write_isRecordedOnce_withWhoAndWhatItTold() {
    Leased granted = grant("0123456789", Operation.WRITE);
    grant("0123456789", Operation.WRITE); // a renewal
    JsonObject line = trail.only("lease_granted");
    assertThat(line.get("principal").getAsString()).isEqualTo("cn:alice");
    assertThat(line.get("verb").getAsString()).isEqualTo("write");
    assertThat(line.get("datastore").getAsString()).isEqualTo("alpha");
    assertThat(line.get("lease_id").getAsString()).isEqualTo("01234...");
    assertThat(line.get("fencing_token").getAsLong()).isEqualTo(granted.lease().token().value());
    assertThat(line.get("request_id").getAsString()).isEqualTo("r-1");
    JsonObject told = line.getAsJsonObject("told");
    assertThat(told.get("client").getAsString()).isEqualTo("client\n");
    assertThat(told.get("host").getAsString()).isEqualTo("h\"1");
    assertThat(told.get("pid").getAsLong()).isEqualTo(42);
    assertThat(told.get("purpose").getAsString()).isEqualTo("nightly");
  }

  @Test
  void read_isNotRecordedUnlessCovered() {
    grant("r", Operation.READ);
    leases.pass(Duration.ofSeconds(61));
    assertThat(trail.lines()).isEmpty();
  }

  @Test
  void release_isNotRecorded_andExpiryIs() {
    grant("a", Operation.WRITE);
    assertThat(leases.table.release(new LeaseId("a"), ALICE)).isTrue();
    assertThat(trail.lines()).hasSize(1);
    grant("bbbb", Operation.WRITE);
    leases.pass(Duration.ofSeconds(61));
    JsonObject line = trail.only("lease_ended");
    assertThat(line.get("lease_id").getAsString()).isEqualTo("bb...");
    assertThat(line.get("reason").getAsString()).isEqualTo("expired");
    assertThat(line.get("principal").getAsString()).isEqualTo("cn:alice");
  }

  @Test
  void force_isRecordedForEachLease() {
    grant("a", Operation.WRITE);
    leases.setMode(ALPHA, MaintenanceMode.OFFLINE);
    assertThat(leases.forceEnd(ALPHA, MaintenanceMode.OFFLINE)).isEqualTo(1);
    assertThat(leases.forceEnd(ALPHA, MaintenanceMode.OFFLINE)).isZero();
    assertThat(trail.only("lease_ended").get("reason").getAsString()).isEqualTo("forced");
  }

  @Test
  void session_isRecordedWhenOpenedAndLost_withItsLeases() {
    open("ss");
    open("ss"); // opened again
    assertThat(trail.only("session_opened").get("request_id").getAsString()).isEqualTo("r-2");
    leases.granted(ask("a", Operation.WRITE, Optional.of(new SessionId("ss"))));
    leases.pass(Duration.ofSeconds(60));
    assertThat(trail.only("session_lost").get("session_id").getAsString()).isEqualTo("s...");
    assertThat(trail.only("lease_ended").get("session_id").getAsString()).isEqualTo("s...");
  }

  @Test
  void session_thatItsClientCloses_isNotLost() {
    open("s");
    assertThat(leases.sessions.close(new SessionId("s"), ALICE)).isTrue();
    assertThat(trail.lines()).hasSize(1);
  }

  @Test
  void useOfWhatBelongsToAnother_isADenial() {
    grant("aaaa", Operation.WRITE);
    assertThat(leases.table.release(new LeaseId("aaaa"), BOB)).isFalse();
    JsonObject line = trail.only("denied");
    assertThat(line.get("principal").getAsString()).isEqualTo("cn:bob");
    assertThat(line.get("owner").getAsString()).isEqualTo("cn:alice");
    assertThat(line.get("outcome").getAsString()).isEqualTo("denied");
    assertThat(line.get("lease_id").getAsString()).isEqualTo("aa...");
    assertThat(line.get("reason").getAsString()).contains("to release it");
  }
}
