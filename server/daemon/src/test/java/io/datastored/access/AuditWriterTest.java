package io.datastored.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.datastored.access.AuditEvent.Kind;
import io.datastored.access.AuditOptions.Need;
import io.datastored.access.AuditOptions.Recorded;
import io.datastored.engine.health.PeriodicTasks;
import io.datastored.engine.health.Trouble;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.operation.Operation;
import io.datastored.testkit.ManualTicker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AuditWriterTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Principal ALICE = Principal.named("cn:", "alice");
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-28T10:15:30.123Z"));

  private final ManualTicker ticker = new ManualTicker();
  private final Troubles troubles = new Troubles(CLOCK);
  private final FakeSink sink = new FakeSink();
  private final PeriodicTasks tasks = new PeriodicTasks(troubles, ticker);

  @AfterEach
  void stop() {
    sink.letGo();
    tasks.close();
  }

  private AuditWriter writer(Consumer<AuditOptions.Builder> changes) {
    var options = new AuditOptions.Builder();
    options.file = Optional.of(Path.of("/log/audit.log"));
    changes.accept(options);
    return new AuditWriter(options.build(), sink, Object::toString, troubles, CLOCK, ticker);
  }

  private AuditWriter writer() {
    return writer(unchanged -> {});
  }

  private static AuditEvent event(Kind kind) {
    return AuditEvent.of(kind).by(ALICE).build();
  }

  private Optional<String> trouble() {
    return troubles.ofServer(TroubleCause.AUDIT).map(Trouble::message);
  }

  private long count(Kind kind) {
    return sink.events().stream().filter(kind.word()::equals).count();
  }

  @Test
  void record_isWrittenWithTheTimeOfTheEvent() {
    AuditWriter writer = writer();
    writer.record(event(Kind.MODE_SET));
    writer.record(event(Kind.DATASTORE_CREATED));
    assertThat(sink.text()).as("on another thread").isEmpty();
    writer.step();
    assertThat(sink.events()).containsExactly("mode_set", "datastore_created");
    assertThat(sink.lines())
        .allMatch(line -> line.get("time").getAsString().equals("2026-11-28T10:15:30.123Z"));
    assertThat(sink.appends()).as("in one write").isEqualTo(1);
    writer.step();
    assertThat(sink.lines()).hasSize(2);
    assertThat(writer.obstacle()).isEmpty();
    assertThat(trouble()).isEmpty();
  }

  @Test
  void fullDisk_refusesUntilItCanBeWritten_andKeepsTheLines() {
    AuditWriter writer = writer();
    sink.fail("No space left on device");
    writer.record(event(Kind.MODE_SET));
    writer.step();
    assertThat(writer.obstacle())
        .contains(
            "changes are refused while the audit log cannot be written: cannot write"
                + " /log/audit.log: no space is left");
    assertThat(trouble()).get().asString().contains("no space is left", "are refused");
    writer.record(event(Kind.DATASTORE_CHANGED));
    sink.heal();
    writer.step();
    assertThat(sink.events()).containsExactly("mode_set", "datastore_changed", "audit_interrupted");
    JsonObject last = sink.lines().get(2);
    assertThat(last.get("count").getAsLong()).isZero();
    assertThat(last.get("reason").getAsString()).contains("no space is left");
    assertThat(writer.obstacle()).isEmpty();
    assertThat(trouble()).isEmpty();
  }

  @Test
  void failure_whileNothingIsRecorded_isNoticed() {
    AuditWriter writer = writer();
    sink.fail("Permission denied");
    writer.step();
    assertThat(writer.obstacle()).get().asString().contains("lacks the permission");
  }

  @Test
  void write_thatTearsALine_writesTheWholeOnesOnceAndTheTornOneAgain() {
    AuditWriter writer = writer();
    writer.record(event(Kind.MODE_SET));
    writer.step();
    int one = sink.text().length();
    writer.record(event(Kind.MODE_SET));
    writer.record(event(Kind.MODE_CLEARED));
    writer.record(event(Kind.DRAIN_FORCED));
    sink.failAfter(one + 20, "No space left on device");
    writer.step();
    assertThat(writer.obstacle()).isPresent();
    sink.heal();
    writer.step();
    assertThat(sink.text().lines().filter(line -> !line.endsWith("}"))).hasSize(1);
    assertThat(sink.text().lines().filter(line -> line.contains("\"mode_set\""))).hasSize(2);
    assertThat(sink.text().lines().filter(line -> line.contains("\"mode_cleared\""))).hasSize(1);
    assertThat(sink.text().lines().filter(line -> line.contains("\"drain_forced\""))).hasSize(1);
  }

  @Test
  void queue_isBoundedInLines_andTheLostOnesAreCounted() {
    AuditWriter writer = writer(options -> options.maxLines = 3);
    sink.fail("No space left on device");
    for (int each = 0; each < 10; each++) {
      writer.record(event(Kind.MODE_SET));
    }
    writer.step();
    sink.heal();
    writer.step();
    assertThat(sink.events())
        .containsExactly("mode_set", "mode_set", "mode_set", "audit_interrupted");
    assertThat(sink.lines().get(3).get("count").getAsLong()).isEqualTo(7);
    writer.record(event(Kind.MODE_CLEARED));
    writer.step();
    assertThat(sink.events()).endsWith("audit_interrupted", "mode_cleared");
  }

  @Test
  void queue_isBoundedInBytes() {
    AuditWriter writer = writer(options -> options.maxBytes = 10_000);
    for (int each = 0; each < 1_000; each++) {
      writer.record(AuditEvent.of(Kind.MODE_SET).with(AuditField.REASON, "x".repeat(900)).build());
    }
    writer.step();
    assertThat(count(Kind.MODE_SET)).isBetween(5L, 10L);
    assertThat(sink.lines())
        .last()
        .satisfies(
            line ->
                assertThat(line.get("count").getAsLong()).isEqualTo(1_000 - count(Kind.MODE_SET)));
  }

  @Test
  void line_thatWaitsTooLong_counts_asNotWritable() {
    AuditWriter writer = writer();
    writer.record(event(Kind.MODE_SET));
    ticker.advance(SECOND.minusNanos(1));
    assertThat(writer.obstacle()).isEmpty();
    ticker.advance(Duration.ofNanos(1));
    assertThat(writer.obstacle()).get().asString().contains("takes longer than 1000 ms");
    writer.report();
    assertThat(trouble()).get().asString().contains("takes longer than 1000 ms");
    writer.step();
    assertThat(writer.obstacle()).isEmpty();
    assertThat(trouble()).isEmpty();
  }

  @Test
  void write_thatTakesASecond_counts_asNotWritable_untilOneIsFaster() {
    AuditWriter writer = writer();
    sink.onWrite(() -> ticker.advance(SECOND));
    writer.record(event(Kind.MODE_SET));
    writer.step();
    assertThat(writer.obstacle()).get().asString().contains("takes longer than 1000 ms");
    writer.step();
    assertThat(writer.obstacle()).as("tried with a line, which was slow too").isPresent();
    sink.onWrite(() -> {});
    writer.step();
    assertThat(writer.obstacle()).isEmpty();
    assertThat(sink.events()).containsExactly("mode_set", "audit_interrupted", "audit_interrupted");
  }

  @Test
  void hangingWrite_isNoticed_andKeepsNobodyElse() {
    AuditWriter writer = writer(options -> options.slowest = Duration.ofMillis(50));
    writer.start(tasks);
    assertThat(writer.settle()).isEmpty();
    sink.block();
    writer.record(event(Kind.MODE_SET));
    sink.awaitStuck();
    writer.record(event(Kind.MODE_CLEARED));
    assertThat(writer.obstacle()).as("not long enough yet").isEmpty();
    assertThat(writer.settle()).get().asString().contains("takes longer than 50 ms");
    ticker.advance(Duration.ofMillis(50));
    assertThat(writer.obstacle()).isPresent();
    writer.report();
    assertThat(trouble()).isPresent();
    writer.close();
    assertThat(sink.isClosed()).as("the thread that hangs may still use it").isFalse();
    sink.letGo();
  }

  @Test
  void hangingWrite_thatIsKnown_makesNobodyWait() {
    AuditWriter writer = writer(options -> options.slowest = Duration.ofHours(1));
    writer.start(tasks);
    sink.block();
    writer.record(event(Kind.MODE_SET));
    sink.awaitStuck();
    ticker.advance(Duration.ofHours(1));
    assertThat(writer.settle()).get().asString().contains("takes longer");
    sink.letGo();
    await().until(() -> sink.events().contains("mode_set"));
  }

  @Test
  void settle_findsOutWhatIsSoNow() {
    AuditWriter writer = writer(options -> options.slowest = Duration.ofMinutes(1));
    writer.start(tasks);
    sink.fail("No space left on device");
    assertThat(writer.settle()).get().asString().contains("no space is left");
    sink.heal();
    assertThat(writer.settle()).isEmpty();
    writer.close();
  }

  @Test
  void close_writesWhatWaits() {
    AuditWriter writer = writer(options -> options.slowest = Duration.ofMinutes(1));
    writer.start(tasks);
    writer.record(event(Kind.MODE_SET));
    writer.close();
    assertThat(sink.events()).containsExactly("mode_set");
    assertThat(sink.isClosed()).isTrue();
    writer.close();
  }

  @Test
  void record_whileItRuns_isWrittenSoon() {
    AuditWriter writer = writer();
    writer.start(tasks);
    writer.record(event(Kind.MODE_SET));
    await().until(() -> sink.events().contains("mode_set"));
    writer.close();
  }

  @Test
  void optional_neverRefuses_butIsATrouble() {
    AuditWriter writer = writer(options -> options.need = Need.OPTIONAL);
    sink.fail("No space left on device");
    writer.step();
    assertThat(writer.obstacle()).isEmpty();
    assertThat(writer.settle()).isEmpty();
    assertThat(trouble()).get().asString().contains("changes are made without a record");
  }

  @Test
  void denials_areLimited_andTheRestIsCounted() {
    AuditWriter writer = writer();
    for (int each = 0; each < 100; each++) {
      writer.record(event(Kind.DENIED));
    }
    writer.record(event(Kind.MODE_SET));
    writer.step();
    assertThat(count(Kind.DENIED)).isEqualTo(10);
    assertThat(count(Kind.DENIALS_OMITTED)).isZero();
    ticker.advance(SECOND);
    writer.step();
    assertThat(sink.lines())
        .last()
        .satisfies(
            line -> {
              assertThat(line.get("event").getAsString()).isEqualTo("denials_omitted");
              assertThat(line.get("principal").getAsString()).isEqualTo("cn:alice");
              assertThat(line.get("count").getAsLong()).isEqualTo(90);
            });
    writer.record(event(Kind.DENIED));
    writer.step();
    assertThat(count(Kind.DENIED)).isEqualTo(11);
  }

  @Test
  void leases_ofReads_areRecordedIfAskedFor() {
    assertThat(writer().covers(Operation.WRITE)).isTrue();
    assertThat(writer().covers(Operation.READ)).isFalse();
    AuditWriter all = writer(options -> options.leases = Recorded.READ_AND_WRITE);
    assertThat(all.covers(Operation.READ)).isTrue();
    assertThat(all.covers(Operation.WRITE)).isTrue();
    assertThat(AuditTrail.NONE.covers(Operation.WRITE)).isFalse();
  }
}
