package io.datastored.client.internal.cache;

import static io.datastored.client.Operation.LOOKUP;
import static io.datastored.client.Operation.WRITE;
import static io.datastored.client.internal.cache.CacheParts.revision;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.client.ClientState;
import io.datastored.client.Handle;
import io.datastored.client.LookupOptions;
import io.datastored.client.LossCause;
import io.datastored.client.RefusedException;
import io.datastored.client.fake.ManualTime;
import io.datastored.client.internal.session.LeaseBook;
import io.datastored.client.internal.watch.FrameApplier;
import io.datastored.v1.Datastore;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.WatchChange;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatchSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The order in which a lookup counts and reads, and in which a frame is published and settled. */
final class NearCacheOrderTest {

  private static final LookupOptions PLAIN = LookupOptions.DEFAULT;

  private final CacheParts parts = new CacheParts();
  private final ManualTime time = parts.time;
  private final NearCache cache = parts.cache;
  private final LeaseBook book = parts.book;
  private final FrameApplier applier = parts.applier;
  private final SessionEpoch opening =
      new SessionEpoch("server", "session", 1, time.getAsLong() + Duration.ofSeconds(10).toNanos());
  private SharedLease lease;

  @BeforeEach
  void hold() {
    FrameApplier.Result unused =
        applier.apply(
            List.of(
                WatchGenerationResponse.newBuilder()
                    .setRevision(revision(1))
                    .setSnapshot(
                        WatchSnapshot.newBuilder()
                            .addDatastores(main(MaintenanceMode.MAINTENANCE_MODE_NONE)))
                    .build()));
    cache.show(term(Term.Freshness.CAUGHT_UP));
    lease = book.adopt(new LeaseGrant("lease", book.slot("main", WRITE), 7, "", "", 0), opening);
    lease.exit();
  }

  @Test
  void lookup_countsAndThenReadsTheTime() {
    List<Long> counted = new ArrayList<>();
    time.onRead(() -> counted.add(lease.handles()));
    try (Handle handle = cache.lookup("main", WRITE, PLAIN)) {
      assertThat(handle.alive()).isTrue();
    }
    assertThat(counted.get(0)).isEqualTo(1);
  }

  @Test
  void lookup_countsAndThenLooksAtTheModeAgain() {
    time.onRead(this::takeOffline);
    assertThatThrownBy(() -> cache.lookup("main", WRITE, PLAIN))
        .isInstanceOf(RefusedException.class);
    assertThat(lease.handles()).isZero();
  }

  /** An outage ends while a lookup is delayed: the new view is published, and then its term. */
  @Test
  void lookup_readsTheTermBeforeTheView() {
    cache.show(term(Term.Freshness.SYNCING));
    time.onRead(
        () -> {
          time.onRead(() -> {});
          takeOffline();
          cache.show(term(Term.Freshness.CAUGHT_UP));
        });
    assertThat(cache.lookup("main", LOOKUP, PLAIN)).isNull();
    try (Handle handle = cache.lookup("main", LOOKUP, PLAIN)) {
      assertThat(handle.revision()).isEqualTo(revision(2));
    }
  }

  @Test
  void lookup_refused_isARelease() {
    time.onRead(this::takeOffline);
    assertThatThrownBy(() -> cache.lookup("main", WRITE, PLAIN))
        .isInstanceOf(RefusedException.class);
    assertThat(lease.enter()).as("given back by the undo").isFalse();
  }

  @Test
  void lookup_leaseLostMeanwhile_isNotGiven() {
    time.onRead(() -> book.lose(lease, LossCause.FORCED, "forced"));
    assertThat(cache.lookup("main", WRITE, PLAIN)).isNull();
    assertThat(lease.handles()).isZero();
  }

  /** The wall clock is read once in a millisecond, and the state each time. */
  @Test
  void lookup_afterTheStateWasReportedAsExpired_isNotAnsweredFromMemory() {
    try (Handle handle = cache.lookup("main", WRITE, PLAIN)) {
      assertThat(handle.alive()).isTrue();
    }
    time.moveWallClock(Duration.ofMinutes(1));
    assertThat(cache.state()).isEqualTo(ClientState.EXPIRED);
    assertThat(cache.lookup("main", WRITE, PLAIN)).isNull();
    assertThat(lease.handles()).isZero();
  }

  @Test
  void frame_isShownBeforeWhatIsIdleIsGivenBack() {
    List<Boolean> shown = new ArrayList<>();
    time.onExecute(() -> shown.add(cache.view().find("main").refuses(WRITE)));
    takeOffline();
    assertThat(shown).containsExactly(true);
  }

  private Term term(Term.Freshness standing) {
    long ttl = Duration.ofSeconds(10).toNanos();
    long now = time.getAsLong();
    return new Term(opening, ttl, now + ttl, standing, now, cache.clock().wallAhead());
  }

  private void takeOffline() {
    FrameApplier.Result unused =
        applier.apply(
            List.of(
                WatchGenerationResponse.newBuilder()
                    .setRevision(revision(2))
                    .setChange(
                        WatchChange.newBuilder()
                            .addChanged(main(MaintenanceMode.MAINTENANCE_MODE_OFFLINE)))
                    .build()));
  }

  private static Datastore main(MaintenanceMode mode) {
    return Datastore.newBuilder()
        .setName("main")
        .setMaintenance(Maintenance.newBuilder().setMode(mode))
        .build();
  }
}
