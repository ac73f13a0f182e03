package io.datastored.engine;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.datastored.file.ConfigPath;
import io.datastored.file.SpareDescriptors;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigStore;
import io.datastored.history.Doorbell;
import io.datastored.history.Incarnation;
import io.datastored.history.LocalDoorbell;
import io.datastored.history.Machine;
import io.datastored.history.MemoryStateStore;
import io.datastored.history.StateStore;
import io.datastored.history.file.FileConfigStore;
import io.datastored.history.file.StateDirectory;
import io.datastored.history.file.StateDirectoryException;
import io.datastored.mount.BulkheadLimits;
import io.datastored.mount.Bulkheads;
import io.datastored.mount.DeviceNumbers;
import io.datastored.mount.MountCheck;
import io.datastored.operation.Counters;
import io.datastored.operation.LocalCounters;
import io.datastored.operation.MappedCounters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * An engine assembly is the one place where an engine is put together, top to bottom. Immutable.
 *
 * @param store where the configuration is
 * @param states where the accepted state is
 * @param doorbell what tells of a later state
 * @param initial the state to begin with
 * @param mounts whether devices are there
 * @param timing how long things take
 * @param clock the wall clock, for people
 * @param ticker monotonic time, for everything else
 * @param spare descriptors for when there are no others
 */
record EngineAssembly(
    ConfigStore store,
    StateStore states,
    Doorbell doorbell,
    AcceptedState initial,
    MountCheck mounts,
    EngineTiming timing,
    InstantSource clock,
    Ticker ticker,
    SpareDescriptors spare) {

  private static final ThreadFactory BASE_PATH_THREADS = named("base-path");
  private static final ThreadFactory TELLING_THREADS = named("tell");

  private static ThreadFactory named(String name) {
    return new ThreadFactoryBuilder()
        .setNameFormat("datastored-" + name + "-%d")
        .setDaemon(true)
        .build();
  }

  /**
   * An engine without a background, for its owner to start one or to call {@link Committer#check}.
   */
  record Parts(
      Engine engine,
      Committer committer,
      OperationTotals totals,
      Runtimes runtimes,
      Devices devices,
      Bulkheads bulkheads,
      EngineHealth health) {}

  Parts assemble(Freshness freshness, Counters counters, Executor telling) {
    return assemble(freshness, counters, telling, Leaving.UNHEARD);
  }

  Parts assemble(Freshness freshness, Counters counters, Executor telling, Leaving leaving) {
    Bulkheads bulkheads =
        new Bulkheads(
            BulkheadLimits.waiting(timing.basePathWait()), ticker, clock, BASE_PATH_THREADS);
    Runtimes runtimes = new Runtimes(counters, bulkheads);
    SnapshotPublisher publisher =
        new SnapshotPublisher(
            runtimes, new SnapshotBuilder(runtimes, mounts), initial, clock, telling, leaving);
    CommitLog commitLog = new CommitLog(store, states, doorbell, timing.lockWait(), spare);
    EditDebounce debounce = new EditDebounce(timing.settle(), timing.settleLimit(), ticker);
    Troubles troubles = new Troubles(clock);
    Committer committer = new Committer(commitLog, publisher, debounce, troubles);
    EngineHealth health =
        new EngineHealth(troubles, new PeriodicTasks(troubles, Ticker.systemTicker()));
    bulkheads.tell(new HangTroubles(runtimes, troubles));
    Devices devices = new Devices(mounts);
    OperationTotals totals = new OperationTotals(doorbell, publisher, counters);
    Admission admission = new Admission(publisher, committer, doorbell, devices, freshness, health);
    Resumption resumption = new Resumption(admission, publisher, runtimes, health);
    Engine engine =
        new Engine(
            admission, resumption, publisher, committer, totals, runtimes, bulkheads, health);
    return new Parts(engine, committer, totals, runtimes, devices, bulkheads, health);
  }

  static Engine open(EngineOptions options, Leaving leaving) throws EngineStartException {
    Path given = configPath(options);
    StateDirectory directory;
    try {
      directory =
          StateDirectory.open(
              options.stateDirectory(),
              options.runDirectory(),
              given,
              Machine.of(options.machineId()),
              options.timing().lockWait(),
              new SecureRandom(),
              InstantSource.system());
    } catch (StateDirectoryException e) {
      throw new EngineStartException(message(e), e);
    }
    ConfigStore store;
    try {
      store = openStore(directory.initial().configFile().orElse(given), options.configAccess());
    } catch (EngineStartException e) {
      directory.close();
      throw e;
    }
    Counters counters;
    try {
      counters =
          MappedCounters.open(
              directory.processes(), directory.run(), options.program(), new SecureRandom());
    } catch (StoreException e) {
      closeQuietly(store);
      directory.close();
      throw new EngineStartException(message(e), e);
    }
    MountCheck mounts = new MountCheck(options.mountRoots(), DeviceNumbers.ofSystem());
    EngineAssembly assembly =
        new EngineAssembly(
            store,
            directory.states(),
            directory.doorbell(),
            directory.initial(),
            mounts,
            options.timing(),
            InstantSource.system(),
            Ticker.systemTicker(),
            SpareDescriptors.open());
    ExecutorService telling = tellingThread();
    Parts parts = assembly.assemble(Freshness.DOORBELL, counters, telling, leaving);
    if (options.losses() == EngineOptions.Losses.MEANT) {
      directory.believeLosses();
    }
    directory
        .concerns()
        .forEach((concern, why) -> parts.health().troubles().raise(cause(concern), why));
    ChangeMonitor changes =
        new ChangeMonitor(
            parts.committer(),
            assembly.doorbell(),
            counters,
            parts.bulkheads(),
            parts.health(),
            assembly.timing(),
            assembly.ticker());
    MountMonitor devices =
        new MountMonitor(
            parts.committer(),
            parts.devices(),
            parts.health().troubles(),
            assembly.timing().mountPoll());
    RunDirectoryMonitor lost =
        new RunDirectoryMonitor(
            assembly.doorbell(), counters, parts.health(), assembly.timing().runCheck());
    // The monitors first: they use the rest. The committer before the directory: see
    // Committer#close.
    // The runtimes after it, since the committer makes some, and before the directory that they are
    // in.
    parts
        .health()
        .owns(
            ImmutableList.of(
                lost,
                changes,
                devices,
                parts.committer(),
                telling::shutdown,
                parts.runtimes(),
                store,
                directory));
    start(
        parts,
        () -> {
          if (options.fileWatching() == EngineOptions.FileWatching.ON) {
            // Before the first look at the file, so that no edit falls in between.
            changes.follow(store);
          }
          parts.committer().start();
          // What could not be believed or committed now is looked at again soon.
          if (!parts.health().troubles().ofServer().isEmpty()) {
            changes.look();
          }
          PeriodicTasks tasks = parts.health().tasks();
          lost.start(tasks);
          changes.start(tasks);
          if (options.availability() == EngineOptions.Availability.COMMIT) {
            devices.start(tasks);
          }
        });
    return parts.engine();
  }

  /** What may fail when everything is there already and must be let go of. */
  interface Start {
    void run() throws StoreException;
  }

  /** Starts an engine, or closes it: its locks would keep this process from trying again. */
  static void start(Parts parts, Start start) throws EngineStartException {
    boolean started = false;
    try {
      start.run();
      started = true;
    } catch (StoreException e) {
      throw new EngineStartException(message(e), e);
    } finally {
      if (!started) {
        parts.engine().close();
      }
    }
  }

  static Engine openPrivate(EngineOptions options) throws EngineStartException {
    Path configFile = configPath(options);
    ConfigStore store = openStore(configFile, options.configAccess());
    AcceptedState initial =
        AcceptedState.empty(Incarnation.random(new SecureRandom()), Optional.of(configFile));
    EngineAssembly assembly =
        new EngineAssembly(
            store,
            new MemoryStateStore(initial),
            new LocalDoorbell(),
            initial,
            new MountCheck(options.mountRoots(), DeviceNumbers.ofSystem()),
            options.timing(),
            InstantSource.system(),
            Ticker.systemTicker(),
            SpareDescriptors.open());
    ExecutorService telling = tellingThread();
    Parts parts =
        assembly.assemble(Freshness.EVERY_LOOKUP, new LocalCounters(options.program()), telling);
    parts
        .health()
        .owns(ImmutableList.of(parts.committer(), telling::shutdown, parts.runtimes(), store));
    start(parts, parts.committer()::start);
    return parts.engine();
  }

  /** One thread, there from the start: telling must not fail because none can be started. */
  private static ExecutorService tellingThread() {
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), TELLING_THREADS);
    one.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    boolean unused = one.prestartCoreThread();
    return one;
  }

  private static ConfigStore openStore(Path configFile, FileConfigStore.Access access)
      throws EngineStartException {
    try {
      return FileConfigStore.open(
          configFile, FileConfigStore.Options.defaults().withAccess(access));
    } catch (StoreException e) {
      throw new EngineStartException(message(e), e);
    }
  }

  private static Path configPath(EngineOptions options) throws EngineStartException {
    Path path = ConfigPath.asGiven(options.configFile());
    // Before anything is made for a path that was mistyped.
    if (path.getParent() == null || !Files.isDirectory(path.getParent())) {
      throw new EngineStartException(
          "the directory of the configuration file " + path + " does not exist");
    }
    return path;
  }

  private static TroubleCause cause(StateDirectory.Concern concern) {
    return switch (concern) {
      case HISTORY -> TroubleCause.HISTORY;
      case SECOND_SERVER -> TroubleCause.SECOND_SERVER;
    };
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IllegalStateException("closing " + closeable, e);
    }
  }
}
