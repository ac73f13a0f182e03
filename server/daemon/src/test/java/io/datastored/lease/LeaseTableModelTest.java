package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.BETA;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.lease.LeaseOutcome.LeaseRefused.Reason;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.lease.LeaseOutcome.Leased.How;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.FencingToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random asks, releases and passing time, against a model that is simple enough to be right. */
final class LeaseTableModelTest {

  private static final List<DatastoreName> DATASTORES = List.of(ALPHA, BETA);
  private static final List<Operation> OPERATIONS = List.of(Operation.READ, Operation.WRITE);

  @TempDir Path directory;

  /** What the table should know of one id. */
  private static final class Entry {
    DatastoreName datastore;
    Operation operation;
    FencingToken token;
    long deadline;
    long longestTtl;

    boolean live(long now) {
      return now < deadline;
    }

    boolean remembered(long now) {
      return now < deadline + longestTtl;
    }
  }

  private final Map<String, Entry> model = new HashMap<>();
  private long now;
  private FencingToken newest = new FencingToken(1);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomOperations_agreeWithTheModel(long seed) throws Exception {
    LeaseFixture leases = new LeaseFixture(directory, LeaseFixture.EXACT);
    SplittableRandom random = new SplittableRandom(seed);
    for (int step = 0; step < 3_000; step++) {
      String id = "id" + random.nextInt(12);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> firstAsk(leases, random, id);
        case 3 -> held(leases, random, id);
        case 4 -> release(leases, id);
        default -> {
          Duration gap = Duration.ofMillis(1 + random.nextInt(400));
          leases.pass(gap);
          now += gap.toNanos();
        }
      }
      checkCounts(leases);
    }
    leases.pass(Duration.ofSeconds(20));
    assertThat(leases.counts(ALPHA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counts(BETA)).isEqualTo(new OperationCounts(0, 0));
    assertThat(leases.counted.live()).isZero();
    assertThat(leases.room.remembered()).isZero();
    assertThat(leases.room.filed()).isZero();
  }

  private void firstAsk(LeaseFixture leases, SplittableRandom random, String id) {
    DatastoreName datastore = DATASTORES.get(random.nextInt(2));
    Operation operation = OPERATIONS.get(random.nextInt(2));
    Duration ttl = Duration.ofMillis(1_000 + random.nextInt(4_000));
    LeaseOutcome outcome = leases.table.ask(LeaseFixture.ask(id, datastore, operation, ttl));
    Entry known = model.get(id);
    if (known == null || !known.remembered(now)) {
      Leased granted = (Leased) outcome;
      assertThat(granted.how()).isEqualTo(How.GRANTED);
      assertThat(granted.lease().token()).isGreaterThan(newest);
      newest = granted.lease().token();
      Entry entry = new Entry();
      entry.datastore = datastore;
      entry.operation = operation;
      entry.token = newest;
      entry.deadline = now + ttl.toNanos();
      entry.longestTtl = ttl.toNanos();
      model.put(id, entry);
    } else if (!known.live(now)) {
      assertThat(((LeaseRefused) outcome).reason()).isEqualTo(Reason.LEASE_ENDED);
    } else if (known.datastore.equals(datastore) && known.operation == operation) {
      assertThat(((Leased) outcome).lease().token()).isEqualTo(known.token);
      renew(known, ttl);
    } else {
      assertThat(((LeaseRefused) outcome).reason()).isEqualTo(Reason.LEASE_ID_REUSED);
    }
  }

  private void held(LeaseFixture leases, SplittableRandom random, String id) {
    Entry known = model.get(id);
    boolean right = known != null && random.nextInt(4) > 0;
    FencingToken token = right ? known.token : new FencingToken(1 + random.nextInt(99));
    DatastoreName datastore = known == null ? ALPHA : known.datastore;
    Operation operation = known == null ? Operation.READ : known.operation;
    Duration ttl = Duration.ofMillis(1_000 + random.nextInt(4_000));
    LeaseOutcome outcome =
        leases.table.ask(
            LeaseFixture.ask(
                datastore, operation, Optional.of(ttl), Optional.of(id), Optional.of(token)));
    if (right && known.live(now)) {
      assertThat(((Leased) outcome).lease().token()).isEqualTo(token);
      renew(known, ttl);
    } else {
      assertThat(((LeaseRefused) outcome).reason()).isEqualTo(Reason.LEASE_ENDED);
    }
  }

  private void release(LeaseFixture leases, String id) {
    Entry known = model.remove(id);
    assertThat(leases.release(id)).isEqualTo(known != null && known.live(now));
  }

  private void renew(Entry known, Duration ttl) {
    known.longestTtl = Math.max(known.longestTtl, ttl.toNanos());
    known.deadline = Math.max(known.deadline + 1, now + ttl.toNanos());
  }

  /** What is live is counted; what has ended is counted out at the latest one tick later. */
  private void checkCounts(LeaseFixture leases) {
    for (DatastoreName datastore : DATASTORES) {
      OperationCounts counts = leases.counts(datastore);
      long total = counts.read() + counts.write();
      assertThat(total).isBetween(live(datastore, now), live(datastore, now - tick()));
      assertThat(leases.counted.live(datastore)).isEqualTo(total);
    }
  }

  private static long tick() {
    return new LeaseOptions.Builder().build().tick().toNanos();
  }

  private long live(DatastoreName datastore, long at) {
    return model.values().stream()
        .filter(entry -> entry.datastore.equals(datastore) && entry.live(at))
        .count();
  }
}
