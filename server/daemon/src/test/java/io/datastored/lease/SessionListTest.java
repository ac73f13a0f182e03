package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.BETA;
import static io.datastored.lease.LeaseFixture.under;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.operation.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators are shown of sessions and leases. */
final class SessionListTest {

  @TempDir Path directory;
  private LeaseFixture leases;

  @BeforeEach
  void open() throws Exception {
    leases = new LeaseFixture(directory, LeaseFixture.EXACT);
  }

  @Test
  void list_someBehind_showsThoseFurthestBehindFirst() {
    Revision first = leases.engine.snapshot().revision();
    for (String id : new String[] {"fresh", "never", "late", "plain"}) {
      if (id.equals("plain")) {
        leases.open(id);
      } else {
        leases.openCaching(id);
      }
    }
    leases.applied("late", first);
    Revision second = leases.setMode(ALPHA, MaintenanceMode.READ_ONLY);
    leases.applied("fresh", second);
    assertThat(ids(leases.live.list(all -> true, Optional.empty(), 9)))
        .containsExactly("never", "late", "fresh", "plain");
    ImmutableList<LiveSession> page = leases.live.list(all -> true, Optional.empty(), 2);
    assertThat(ids(page)).containsExactly("never", "late");
    assertThat(ids(leases.live.list(all -> true, Optional.of(page.get(1).place()), 2)))
        .containsExactly("fresh", "plain");
    assertThat(ids(leases.live.list(Session::caches, Optional.empty(), 9))).hasSize(3);
    assertThat(ids(leases.live.lagging(second))).containsExactlyInAnyOrder("never", "late");
  }

  @Test
  void list_lag_isSinceTheFirstRevisionThatWasNotApplied() {
    Revision first = leases.engine.snapshot().revision();
    leases.openCaching("s");
    leases.applied("s", first);
    leases.pass(Duration.ofSeconds(2));
    assertThat(shown("s").lag()).isZero();
    leases.setMode(ALPHA, MaintenanceMode.READ_ONLY);
    leases.pass(Duration.ofSeconds(2));
    Revision last = leases.setMode(BETA, MaintenanceMode.READ_ONLY);
    leases.pass(Duration.ofSeconds(3));
    assertThat(shown("s").lag()).isEqualTo(Duration.ofSeconds(5));
    assertThat(shown("s").age()).isEqualTo(Duration.ofSeconds(7));
    assertThat(shown("s").idle()).isEqualTo(Duration.ofSeconds(7));
    assertThat(shown("s").timeLeft().toSeconds()).isEqualTo(3);
    leases.applied("s", last);
    assertThat(shown("s").lag()).isZero();
    assertThat(shown("s").idle()).isZero();
  }

  @Test
  void applied_lateOrFromTheFuture_doesNotCount() {
    Revision first = leases.engine.snapshot().revision();
    Session session = leases.openCaching("s").session();
    Revision second = leases.setMode(ALPHA, MaintenanceMode.OFFLINE);
    leases.applied("s", new Revision(second.incarnation(), second.generation().next()));
    assertThat(session.applied()).isEmpty();
    Revision elsewhere = new Revision(new Incarnation("fedcba9876543210"), new Generation(99));
    leases.applied("s", elsewhere);
    assertThat(session.isBehind(second)).as("of another history").isTrue();
    leases.applied("s", second);
    leases.applied("s", first);
    leases.applied("s", elsewhere);
    assertThat(session.applied()).contains(second);
    assertThat(session.isBehind(second)).isFalse();
    session.noteSent(second);
    session.noteSent(first);
    assertThat(session.sent()).contains(second);
  }

  @Test
  void listLeases_pagedAndFiltered_isOldestFirst() {
    leases.open("s");
    leases.granted(under("s", "a"));
    leases.granted(under("s", "b", BETA, Operation.READ, Optional.empty()));
    leases.granted(LeaseFixture.ask("c"));
    assertThat(list(Optional.empty(), Optional.empty(), 9)).containsExactly("a", "b", "c");
    assertThat(list(Optional.of(ALPHA), Optional.empty(), 9)).containsExactly("a", "c");
    assertThat(list(Optional.empty(), Optional.of(new SessionId("s")), 9))
        .containsExactly("a", "b");
    HeldLease first =
        leases
            .counted
            .list(any -> true, Optional.empty(), Optional.empty(), Optional.empty(), 1)
            .get(0);
    assertThat(
            leases.counted.list(
                any -> true,
                Optional.empty(),
                Optional.empty(),
                Optional.of(first.lease().token()),
                1))
        .extracting(held -> held.lease().id().value())
        .containsExactly("b");
  }

  @Test
  void listLeases_endedByForce_areShownUntilTheirHolderMustHaveStopped() {
    leases.open("s");
    leases.granted(under("s", "a"));
    leases.pass(Duration.ofSeconds(4));
    int unused = leases.forceEnd(ALPHA, MaintenanceMode.OFFLINE);
    HeldLease held = leases.counted.on(ALPHA).get(0);
    assertThat(held.lease().term().isForced()).isTrue();
    assertThat(held.timeLeft()).isEqualTo(Duration.ofSeconds(6));
    leases.pass(Duration.ofSeconds(1));
    leases.renewed("s");
    leases.pass(Duration.ofSeconds(5));
    assertThat(leases.counted.on(ALPHA)).isEmpty();
  }

  private LiveSession shown(String id) {
    Session session = leases.sessions.find(new SessionId(id)).orElseThrow();
    return leases.live.list(session::equals, Optional.empty(), 1).get(0);
  }

  private ImmutableList<String> list(
      Optional<DatastoreName> datastore, Optional<SessionId> session, int limit) {
    return leases.counted.list(any -> true, datastore, session, Optional.empty(), limit).stream()
        .map(held -> held.lease().id().value())
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableList<String> ids(ImmutableList<LiveSession> sessions) {
    return sessions.stream()
        .map(shown -> shown.session().id().value())
        .collect(ImmutableList.toImmutableList());
  }
}
