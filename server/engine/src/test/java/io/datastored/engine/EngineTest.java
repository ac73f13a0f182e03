package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.snapshot.Change;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Etag;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.mount.MountState;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class EngineTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final DatastoreName OTHER = DatastoreName.of("other");
  private static final DatastoreName USB = DatastoreName.of("usb-a");
  private static final String CONFIG =
      "datastore: main\n\tcomment first\n\tpath /srv/main\n\n"
          + "datastore: other\n\tpath /srv/other\n\n"
          + "datastore: usb-a\n\tbacking-device 0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f\n\tpath a\n";

  private final EngineFixture fixture = EngineFixture.with(CONFIG);
  private final Engine engine = fixture.engine();
  private final List<Change> changes = new ArrayList<>();

  EngineTest() {
    Subscription unused = engine.addListener(changes::add);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Refused refused(DatastoreName name, Operation operation) {
    Lookup lookup = engine.lookup(name, operation);
    assertThat(lookup).isInstanceOf(Refused.class);
    return (Refused) lookup;
  }

  private Datastore datastore(DatastoreName name) {
    return engine.snapshot().find(name).orElseThrow();
  }

  private long generation() {
    return engine.snapshot().revision().generation().value();
  }

  private WriteOutcome comment(String comment, Optional<Etag> expected) {
    return engine.update(
        MAIN,
        expected,
        settings -> settings.toBuilder().comment(Optional.of(comment)).build(),
        Intent.COMMIT);
  }

  @Test
  void lookup_inService_isGrantedAndCounted() {
    try (Handle handle = engine.lookup(MAIN, Operation.WRITE).handle()) {
      assertThat(handle.datastore().settings().comment()).contains("first");
      assertThat(handle.mountState()).isEqualTo(MountState.NOT_REMOVABLE);
      assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(0, 1));
      assertThat(engine.operations(OTHER)).isEqualTo(OperationCounts.NONE);
    }
    assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void lookup_question_isNotCounted() {
    try (Handle handle = engine.lookup(MAIN, Operation.LOOKUP).handle()) {
      assertThat(handle.datastore().name()).isEqualTo(MAIN);
      assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
    }
  }

  @Test
  void lookup_unknown_isRefused() {
    Refused refused = refused(DatastoreName.of("nowhere"), Operation.READ);
    assertThat(refused.reason()).isEqualTo(Refused.Reason.UNKNOWN_DATASTORE);
    assertThatThrownBy(refused::handle)
        .isInstanceOf(RefusedException.class)
        .hasMessage("no such datastore 'nowhere'");
  }

  @ParameterizedTest
  @EnumSource(MaintenanceMode.class)
  void lookup_everyMode_followsTheMatrix(MaintenanceMode mode) {
    fixture.setMode(MAIN, mode);
    for (Operation operation : Operation.values()) {
      Lookup lookup = engine.lookup(MAIN, operation);
      assertThat(lookup instanceof Refused)
          .as(mode + " " + operation)
          .isEqualTo(operation.refusedBy(mode));
      assertThat(engine.verdict(MAIN, operation).isPresent()).isEqualTo(operation.refusedBy(mode));
      if (lookup instanceof Handle handle) {
        handle.close();
      } else {
        assertThat(((Refused) lookup).reason()).isEqualTo(Refused.Reason.UNDER_MAINTENANCE);
      }
    }
    assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void close_twice_releasesOnce() {
    Handle first = engine.lookup(MAIN, Operation.READ).handle();
    Handle second = engine.lookup(MAIN, Operation.READ).handle();
    first.close();
    first.close();
    assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(1, 0));
    second.close();
    assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
  }

  @Test
  void lookupNow_firstOperation_needsTheDisk() {
    assertThat(engine.lookupNow(MAIN, Operation.READ)).as("runtime closed").isEmpty();
    engine.lookup(MAIN, Operation.READ).handle().close();
    Handle handle = engine.lookupNow(MAIN, Operation.READ).orElseThrow().handle();
    assertThat(engine.operations(MAIN)).isEqualTo(new OperationCounts(1, 0));
    handle.close();
  }

  @Test
  void lookupNow_removable_needsTheDisk() {
    fixture.mount(USB, EngineFixture.Availability.THERE);
    engine.lookup(USB, Operation.READ).handle().close();
    assertThat(engine.lookupNow(USB, Operation.READ)).isEmpty();
    assertThat(engine.lookupNow(USB, Operation.LOOKUP)).isPresent();
  }

  @Test
  void lookup_deviceGone_isRefusedAtOnce() {
    assertThat(refused(USB, Operation.READ).reason()).isEqualTo(Refused.Reason.NOT_MOUNTED);
    fixture.mount(USB, EngineFixture.Availability.THERE);
    try (Handle handle = engine.lookup(USB, Operation.WRITE).handle()) {
      assertThat(handle.mountState()).isEqualTo(MountState.MOUNTED);
      assertThat(handle.datastore().basePath()).isEqualTo(EngineFixture.MOUNTS.resolve("usb-a"));
    }
    fixture.mount(USB, EngineFixture.Availability.GONE);
    assertThat(refused(USB, Operation.WRITE).reason()).isEqualTo(Refused.Reason.NOT_MOUNTED);
    assertThat(engine.lookup(USB, Operation.LOOKUP)).isInstanceOf(Handle.class);
  }

  @Test
  void mount_change_isAGenerationOfThatDatastore() {
    long before = generation();
    fixture.mount(USB, EngineFixture.Availability.THERE);
    assertThat(generation()).isEqualTo(before + 1);
    assertThat(changes)
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.changed()).containsExactly(USB);
            });
    assertThat(datastore(USB).mountState()).isEqualTo(MountState.MOUNTED);
    fixture.mount(USB, EngineFixture.Availability.THERE);
    assertThat(generation()).as("nothing new").isEqualTo(before + 1);
  }

  @Test
  void update_oneDatastore_leavesTheOthersAlone() {
    long before = generation();
    Datastore other = datastore(OTHER);
    WriteOutcome outcome = comment("second", Optional.of(datastore(MAIN).etag()));
    assertThat(outcome).isInstanceOf(WriteOutcome.Written.class);
    assertThat(generation()).isEqualTo(before + 1);
    assertThat(datastore(MAIN).generation().value()).isEqualTo(before + 1);
    assertThat(datastore(OTHER)).isSameAs(other);
    assertThat(engine.lookup(MAIN, Operation.LOOKUP).handle().datastore().settings().comment())
        .contains("second");
  }

  @Test
  void update_changesNothing_isNoGeneration() {
    long before = generation();
    assertThat(comment("first", Optional.empty())).isInstanceOf(WriteOutcome.Written.class);
    assertThat(generation()).isEqualTo(before);
    assertThat(changes).isEmpty();
  }

  @Test
  void update_staleEtag_isRejected() {
    Etag etag = datastore(MAIN).etag();
    WriteOutcome unused = comment("second", Optional.of(etag));
    assertThat(comment("third", Optional.of(etag)))
        .isInstanceOfSatisfying(
            WriteOutcome.Rejected.class,
            rejected ->
                assertThat(rejected.reason())
                    .isEqualTo(WriteOutcome.Rejected.Reason.ETAG_MISMATCH));
    assertThat(datastore(MAIN).settings().comment()).contains("second");
  }

  @Test
  void update_badSettings_isRejectedWithTheFaults() {
    WriteOutcome outcome = comment("x".repeat(129), Optional.empty());
    assertThat(outcome)
        .isInstanceOfSatisfying(
            WriteOutcome.Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(WriteOutcome.Rejected.Reason.CONFIG_INVALID);
              assertThat(rejected.faults())
                  .singleElement()
                  .satisfies(fault -> assertThat(fault.property()).isEqualTo("comment"));
            });
  }

  @Test
  void create_newName_isServedByTheNextLookup() {
    DatastoreName name = DatastoreName.of("new-one");
    WriteOutcome outcome = engine.create(name, DatastoreSettings.of("/srv/new"), Intent.COMMIT);
    assertThat(outcome).isInstanceOf(WriteOutcome.Written.class);
    assertThat(engine.lookup(name, Operation.READ)).isInstanceOf(Handle.class);
    assertThat(engine.create(name, DatastoreSettings.of("/srv/new2"), Intent.COMMIT))
        .isInstanceOfSatisfying(
            WriteOutcome.Rejected.class,
            rejected ->
                assertThat(rejected.reason()).isEqualTo(WriteOutcome.Rejected.Reason.EXISTS));
  }

  @Test
  void create_validateOnly_changesNothing() {
    DatastoreName name = DatastoreName.of("new-one");
    long before = generation();
    WriteOutcome outcome =
        engine.create(name, DatastoreSettings.of("/srv/new"), Intent.VALIDATE_ONLY);
    assertThat(outcome).isInstanceOf(WriteOutcome.Written.class);
    assertThat(generation()).isEqualTo(before);
    assertThat(engine.snapshot().find(name)).isEmpty();
    assertThat(engine.lookup(name, Operation.LOOKUP)).isInstanceOf(Refused.class);
  }

  @Test
  void setMaintenance_again_changesNothing() {
    fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
    Datastore once = datastore(MAIN);
    fixture.advance(Duration.ofMinutes(1));
    WriteOutcome.Written again = fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
    assertThat(datastore(MAIN)).isSameAs(once);
    assertThat(again.previous()).as("as the first answer told").isEqualTo(Maintenance.NONE);
  }

  @Test
  void setMaintenance_abort_isConditionalOnTheModesOwnGeneration() {
    Etag first = fixture.setMode(MAIN, MaintenanceMode.OFFLINE).datastore().etag();
    fixture.setMode(MAIN, MaintenanceMode.NONE);
    fixture.setMode(MAIN, MaintenanceMode.OFFLINE);
    WriteOutcome abort =
        engine.setMaintenance(
            new MaintenanceChange(
                MAIN,
                MaintenanceSetting.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.of(first)),
            Intent.COMMIT);
    assertThat(abort)
        .isInstanceOfSatisfying(
            WriteOutcome.Rejected.class,
            rejected ->
                assertThat(rejected.reason())
                    .isEqualTo(WriteOutcome.Rejected.Reason.ETAG_MISMATCH));
  }

  @Test
  void setMaintenance_delete_cannotBeLeft() {
    fixture.setMode(MAIN, MaintenanceMode.DELETE);
    WriteOutcome outcome =
        engine.setMaintenance(
            new MaintenanceChange(
                MAIN,
                MaintenanceSetting.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            Intent.COMMIT);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            WriteOutcome.Rejected.class,
            rejected ->
                assertThat(rejected.reason())
                    .isEqualTo(WriteOutcome.Rejected.Reason.MODE_CHANGE_REFUSED));
  }

  @Test
  void setMaintenance_whatOnlyTheCallerKnows_isServed() {
    Instant end = Instant.parse("2026-01-02T05:00:00Z");
    WriteOutcome outcome =
        engine.setMaintenance(
            new MaintenanceChange(
                MAIN,
                MaintenanceSetting.of(MaintenanceMode.READ_ONLY, "swap, soon"),
                Optional.of(end),
                Optional.of("ops"),
                Optional.empty()),
            Intent.COMMIT);
    assertThat(outcome).isInstanceOf(WriteOutcome.Written.class);
    Maintenance maintenance = datastore(MAIN).maintenance();
    assertThat(maintenance.message()).contains("swap, soon");
    assertThat(maintenance.expectedEnd()).contains(end);
    assertThat(maintenance.setBy()).contains("ops");
    assertThat(maintenance.since()).contains(fixture.clock().instant());
  }

  @Test
  void edit_formattingOnly_wakesNobody() {
    long before = generation();
    Optional<Duration> unused = fixture.edit("# who wrote this?\n" + CONFIG.replace("\t", "    "));
    assertThat(generation()).isEqualTo(before);
    assertThat(changes).isEmpty();
  }

  @Test
  void edit_twoDatastores_isOneGeneration() {
    long before = generation();
    Optional<Duration> unused =
        fixture.edit(CONFIG.replace("first", "edited").replace("/srv/other", "/srv/other2"));
    assertThat(generation()).isEqualTo(before + 1);
    assertThat(changes)
        .singleElement()
        .satisfies(change -> assertThat(change.changed()).containsExactlyInAnyOrder(MAIN, OTHER));
  }

  @Test
  void edit_removed_isToldAndForgotten() {
    Handle handle = engine.lookup(MAIN, Operation.READ).handle();
    Optional<Duration> unused = fixture.edit(CONFIG.substring(CONFIG.indexOf("datastore: other")));
    assertThat(changes)
        .singleElement()
        .satisfies(change -> assertThat(change.removed()).containsExactly(MAIN));
    assertThat(refused(MAIN, Operation.READ).reason()).isEqualTo(Refused.Reason.UNKNOWN_DATASTORE);
    handle.close();
  }

  @Test
  void edit_emptiedForAMoment_isNeverBelieved() {
    assertThat(fixture.edit("")).isPresent();
    fixture.advance(Duration.ofMillis(100));
    assertThat(fixture.edit(CONFIG)).isEmpty();
    fixture.advance(Duration.ofSeconds(10));
    assertThat(fixture.look()).isEmpty();
    assertThat(changes).isEmpty();
  }

  @Test
  void edit_vanishedWhileItRested_restsAnew() {
    assertThat(fixture.edit("")).isPresent();
    fixture.store().remove();
    assertThatThrownBy(() -> fixture.look()).hasMessageContaining("missing");
    fixture.advance(Duration.ofSeconds(10));
    assertThat(fixture.edit("")).isPresent();
    assertThat(changes).isEmpty();
  }

  @Test
  void listener_throws_othersAreToldAndTheWriteIsAnswered() {
    List<Change> told = new ArrayList<>();
    Subscription failing =
        fixture
            .engine()
            .addListener(
                change -> {
                  throw new IllegalStateException("a bug of a listener");
                });
    Subscription unused = engine.addListener(told::add);
    assertThat(comment("second", Optional.empty())).isInstanceOf(WriteOutcome.Written.class);
    assertThat(told).hasSize(1);
    failing.close();
  }

  @Test
  void close_engine_refusesWrites() {
    engine.close();
    assertThat(comment("second", Optional.empty()))
        .isInstanceOfSatisfying(
            WriteOutcome.Rejected.class,
            rejected ->
                assertThat(rejected.reason()).isEqualTo(WriteOutcome.Rejected.Reason.NOT_READY));
    assertThat(engine.verdict(MAIN, Operation.READ)).isPresent();
  }

  @Test
  void close_engine_refusesNewLookupsAndKeepsHandles() {
    Handle handle = engine.lookup(MAIN, Operation.READ).handle();
    engine.close();
    engine.close();
    assertThat(refused(MAIN, Operation.READ).reason()).isEqualTo(Refused.Reason.NOT_READY);
    handle.close();
    assertThat(engine.operations(MAIN)).isEqualTo(OperationCounts.NONE);
  }
}
