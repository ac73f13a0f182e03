package io.datastored.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.Doorbell;
import io.datastored.history.EditDebounce;
import io.datastored.history.Incarnation;
import io.datastored.history.LocalDoorbell;
import io.datastored.history.MemoryStore;
import io.datastored.history.Store;
import io.datastored.mount.DeviceNumbers;
import io.datastored.mount.MountCheck;
import io.datastored.mount.MountRoots;
import io.datastored.operation.Counters;
import io.datastored.operation.LocalCounters;
import io.datastored.testkit.ManualTicker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An engine fixture is a whole engine in memory, with a clock that the test moves and without
 * threads: an edit is looked for when the test says so. Thread-safe as far as the engine is; the
 * clock and the devices are confined to the test's thread.
 */
public final class EngineFixture implements AutoCloseable {

  /** Where removable datastores are mounted. */
  public static final Path MOUNTS = Path.of("/fixture/mounts");

  private static final Path DEVICES = Path.of("/fixture/devices");
  private static final long DEVICE = 0x811;
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private final ManualTicker ticker = new ManualTicker();
  private final Map<Path, Long> mounted = new HashMap<>();
  private final MemoryStore store;
  private final BreakableStore breakable;
  private final Doorbell doorbell;
  private final MountMonitor mountMonitor;
  private final EngineAssembly.Parts parts;
  private final EngineAssembly.Parts elsewhere;

  private EngineFixture(
      String config, Doorbell doorbell, Counters counters, Incarnation incarnation) {
    EngineTiming timing = new EngineTiming.Builder().build();
    this.doorbell = doorbell;
    this.store =
        new MemoryStore(
            AcceptedState.empty(incarnation, Optional.empty()),
            new EditDebounce(timing.settle(), timing.settleLimit(), ticker),
            doorbell);
    store.edit(config.getBytes(UTF_8));
    this.breakable = new BreakableStore(store);
    MountCheck mounts =
        new MountCheck(new MountRoots(MOUNTS, DEVICES, DEVICES.resolve("mountinfo")), devices());
    EngineAssembly assembly = new EngineAssembly(breakable, mounts, timing, clock(), ticker);
    this.parts = assembly.assemble(Freshness.DOORBELL, counters, Runnable::run);
    this.elsewhere =
        assembly.assemble(Freshness.DOORBELL, new LocalCounters("elsewhere"), Runnable::run);
    this.mountMonitor =
        new MountMonitor(
            parts.committer(), parts.devices(), parts.health().troubles(), Duration.ofSeconds(1));
    parts.health().owns(ImmutableList.of(store));
    try {
      parts.committer().start();
      elsewhere.committer().start();
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  /** An engine that serves a configuration. */
  public static EngineFixture with(String config) {
    return with(config, new LocalDoorbell());
  }

  /** An engine that serves a configuration and hears a doorbell of the test's. */
  public static EngineFixture with(String config, Doorbell doorbell) {
    return with(config, doorbell, new LocalCounters("here"));
  }

  /** An engine that counts on counters of the test's. */
  static EngineFixture with(String config, Doorbell doorbell, Counters counters) {
    return new EngineFixture(config, doorbell, counters, new Incarnation("0123456789abcdef"));
  }

  /** The configuration of {@code count} datastores named {@code s0000} and so on. */
  public static String config(int count) {
    StringBuilder config = new StringBuilder();
    for (int i = 0; i < count; i++) {
      config.append(String.format("datastore: s%04d%n\tpath /srv/s%04d%n%n", i, i));
    }
    return config.toString();
  }

  /** The engine. */
  public Engine engine() {
    return parts.engine();
  }

  /** The engine and what it is made of. */
  EngineAssembly.Parts parts() {
    return parts;
  }

  /** The store behind it. */
  public MemoryStore store() {
    return store;
  }

  /** The disk of that store. */
  BreakableStore disk() {
    return breakable;
  }

  /** Writes the configuration as an editor would and looks for edits, which may fail. */
  Optional<Duration> checkAfter(String config) throws StoreException {
    store.edit(config.getBytes(UTF_8));
    return check();
  }

  /** Looks for edits, which may fail. */
  Optional<Duration> check() throws StoreException {
    return parts.committer().check(Store.Look.AT_STAMPS);
  }

  /** The doorbell that it hears. */
  public Doorbell doorbell() {
    return doorbell;
  }

  /** Its wall clock. */
  public InstantSource clock() {
    return ticker.clock(START);
  }

  /** Its monotonic clock. */
  public Ticker ticker() {
    return ticker;
  }

  /** Moves both clocks. */
  public void advance(Duration duration) {
    ticker.advance(duration);
  }

  /**
   * Writes the configuration as an editor would and lets the engine look.
   *
   * @return how long until it has to look again, because the edit must rest first
   */
  public Optional<Duration> edit(String config) {
    store.edit(config.getBytes(UTF_8));
    return look();
  }

  /** Changes a comment through the engine of another process with the same files. */
  public void commitElsewhere(DatastoreName name, String comment) {
    WriteOutcome outcome =
        elsewhere
            .engine()
            .update(
                name,
                Optional.empty(),
                settings -> settings.toBuilder().comment(Optional.of(comment)).build(),
                Intent.COMMIT);
    if (outcome instanceof WriteOutcome.Rejected) {
      throw new AssertionError(outcome.toString());
    }
  }

  /** Lets something happen right before the engine next takes the lock against other processes. */
  public void beforeLock(Runnable step) {
    breakable.beforeHold(step);
  }

  /** Lets the engine of another process with the same files look for edits. */
  public void lookElsewhere() {
    try {
      Optional<Duration> unused = elsewhere.committer().check(Store.Look.AT_STAMPS);
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  /** Lets the engine look for edits. */
  public Optional<Duration> look() {
    try {
      return parts.committer().check(Store.Look.AT_STAMPS);
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  /** Mounts the device of a removable datastore, or takes it away, and lets the engine look. */
  public void mount(DatastoreName name, Availability availability) {
    if (availability == Availability.THERE) {
      mounted.put(MOUNTS.resolve(name.value()), DEVICE);
    } else {
      mounted.remove(MOUNTS.resolve(name.value()));
    }
    try {
      mountMonitor.look();
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether a device is there. */
  public enum Availability {
    /** Mounted. */
    THERE,
    /** Not mounted. */
    GONE
  }

  /** Sets a maintenance mode and expects that to succeed. */
  public WriteOutcome.Written setMode(DatastoreName name, MaintenanceMode mode) {
    return EngineFiles.mode(engine(), name.value(), mode);
  }

  private DeviceNumbers devices() {
    return new DeviceNumbers() {
      @Override
      public OptionalLong deviceOf(Path path) {
        Long device = mounted.get(path);
        return device == null ? OptionalLong.empty() : OptionalLong.of(device);
      }

      @Override
      public OptionalLong blockDevice(Path node) {
        return OptionalLong.of(DEVICE);
      }
    };
  }

  @Override
  public void close() {
    parts.engine().close();
  }
}
