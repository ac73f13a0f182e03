package io.datastored.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.operation.Operation;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a lookup may cost, in what can be counted: no clock is asked. */
final class LookupCostTest {

  private static final int DATASTORES = 1000;
  private static final int LOOKUPS = 100_000;

  /** A header and five references or less; the whole of what a lookup may allocate. */
  private static final long HANDLE_BYTES = 40;

  private static final int CHANGES = 10;

  /** A change allocates 200 for each other datastore; one that also serves them anew, over 400. */
  private static final double BYTES_OF_ANOTHER = 250;

  private static final DatastoreName NAME = DatastoreName.of("s0500");

  @TempDir Path directory;

  /** Of this thread. */
  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }

  private static double bytesOfOne(Engine engine, Operation operation) {
    long before = allocated();
    for (int i = 0; i < LOOKUPS; i++) {
      engine.lookup(NAME, operation).handle().close();
    }
    return (double) (allocated() - before) / LOOKUPS;
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void lookupAndRelease_allocatesTheHandleAndNothingElse(Operation operation) throws Exception {
    EngineFiles files = new EngineFiles(directory).write(EngineFixture.config(DATASTORES));
    try (Engine engine = Engine.open(files.options())) {
      engine.lookup(NAME, operation).handle().close();
      assertThat(bytesOfOne(engine, operation)).isLessThanOrEqualTo(HANDLE_BYTES);
    }
  }

  /**
   * What a change costs for each datastore that it is not about: copies of the text and of arrays.
   * To look at each of them anew costs three times as much.
   */
  @Test
  void change_ofOneDatastore_makesNothingNewOfTheOthers() throws Exception {
    double each = (bytesOfChange(10_000) - bytesOfChange(1_000)) / 9_000;
    assertThat(each).isLessThan(BYTES_OF_ANOTHER);
  }

  private static double bytesOfChange(int datastores) throws Exception {
    try (EngineFixture fixture = EngineFixture.with(EngineFixture.config(datastores))) {
      setMode(fixture, MaintenanceMode.OFFLINE);
      long before = allocated();
      for (int i = 0; i < CHANGES; i++) {
        setMode(fixture, i % 2 == 0 ? MaintenanceMode.NONE : MaintenanceMode.OFFLINE);
      }
      return (double) (allocated() - before) / CHANGES;
    }
  }

  private static void setMode(EngineFixture fixture, MaintenanceMode mode) {
    WriteOutcome outcome =
        fixture
            .engine()
            .setMaintenance(
                new MaintenanceChange(
                    NAME,
                    MaintenanceSetting.of(mode),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                Intent.COMMIT);
    assertThat(outcome).isInstanceOf(WriteOutcome.Written.class);
  }

  @Test
  void refusal_allocatesAsLittleForAThousandDatastoresAsForOne() throws Exception {
    assertThat(bytesOfRefusal(DATASTORES)).isLessThan(bytesOfRefusal(1) * 1.1 + 16);
  }

  private double bytesOfRefusal(int datastores) throws Exception {
    try (EngineFixture fixture = EngineFixture.with(EngineFixture.config(datastores))) {
      Engine engine = fixture.engine();
      DatastoreName absent = DatastoreName.of("absent");
      assertThat(engine.lookup(absent, Operation.READ)).isInstanceOf(Refused.class);
      long before = allocated();
      for (int i = 0; i < LOOKUPS; i++) {
        assertThat(engine.lookup(absent, Operation.READ) instanceof Refused).isTrue();
      }
      return (double) (allocated() - before) / LOOKUPS;
    }
  }

  /** One load, one parse and one snapshot for a change, with however many lookups around it. */
  @Test
  void oneChange_isOneLoadAndOneSnapshot_andNothingForTheLookupsAround() {
    try (EngineFixture fixture = EngineFixture.with(EngineFixture.config(DATASTORES))) {
      Engine engine = fixture.engine();
      bytesOfOne(engine, Operation.WRITE);
      EngineCounters before = engine.counters();
      fixture.commitElsewhere(NAME, "changed");
      bytesOfOne(engine, Operation.WRITE);
      EngineCounters after = engine.counters();
      assertThat(after.loads()).isEqualTo(before.loads() + 1);
      assertThat(after.reloads()).isEqualTo(before.reloads() + 1);
      assertThat(after.commits()).isEqualTo(before.commits());
    }
  }
}
