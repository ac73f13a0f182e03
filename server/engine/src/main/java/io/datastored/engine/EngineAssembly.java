package io.datastored.engine;

import com.google.common.base.Ticker;
import com.google.common.collect.ImmutableList;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.datastored.engine.health.PeriodicTasks;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.engine.snapshot.Runtimes;
import io.datastored.engine.snapshot.SnapshotBuilder;
import io.datastored.file.StoreException;
import io.datastored.history.Store;
import io.datastored.history.file.FileStore;
import io.datastored.history.file.FileStoreOptions;
import io.datastored.history.file.StateDirectoryException;
import io.datastored.mount.BulkheadLimits;
import io.datastored.mount.Bulkheads;
import io.datastored.mount.DeviceNumbers;
import io.datastored.mount.MountCheck;
import io.datastored.mount.MountRoots;
import io.datastored.operation.Counters;
import io.datastored.operation.LocalCounters;
import io.datastored.operation.MappedCounters;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * An engine assembly wires an engine, top to bottom; nothing else does. Immutable.
 *
 * @param store where the history is kept
 * @param mounts whether devices are present
 * @param timing periods and time-outs
 * @param clock the wall clock, for display
 * @param ticker monotonic time, for everything else
 */
record EngineAssembly(
    Store store, MountCheck mounts, EngineTiming timing, InstantSource clock, Ticker ticker) {

  private static final ThreadFactory BASE_PATH_THREADS = named("base-path");
  private static final ThreadFactory TELLING_THREADS = named("tell");

  private static ThreadFactory named(String name) {
    return new ThreadFactoryBuilder()
        .setNameFormat("datastored-" + name + "-%d")
        .setDaemon(true)
        .build();
  }

  /**
   * The parts of an engine without background tasks: the owner starts them, or calls {@link
   * Committer#check}.
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
            runtimes,
            new SnapshotBuilder(runtimes, mounts),
            store.initial(),
            clock,
            telling,
            leaving);
    Troubles troubles = new Troubles(clock);
    Committer committer = new Committer(store, timing.lockWait(), publisher, troubles);
    EngineHealth health =
        new EngineHealth(troubles, new PeriodicTasks(troubles, Ticker.systemTicker()));
    bulkheads.tell(new HangTroubles(runtimes, troubles));
    Devices devices = new Devices(mounts);
    OperationTotals totals = new OperationTotals(store.doorbell(), publisher, counters);
    Admission admission =
        new Admission(publisher, committer, store.doorbell(), devices, freshness, health);
    Resumption resumption = new Resumption(admission, publisher, runtimes, health);
    Engine engine =
        new Engine(
            admission, resumption, publisher, committer, totals, runtimes, bulkheads, health);
    return new Parts(engine, committer, totals, runtimes, devices, bulkheads, health);
  }

  static Engine open(EngineOptions options, Leaving leaving) throws EngineStartException {
    FileStore store;
    try {
      store = FileStore.open(storeOptions(options));
    } catch (StateDirectoryException | StoreException e) {
      throw new EngineStartException(message(e), e);
    }
    Counters counters;
    try {
      counters =
          MappedCounters.open(
              store.processes(), store.run(), options.program(), new SecureRandom());
    } catch (StoreException e) {
      store.close();
      throw new EngineStartException(message(e), e);
    }
    if (options.losses() == EngineOptions.Losses.MEANT) {
      store.believeLosses();
    }
    EngineAssembly assembly = of(store, options.mountRoots(), options.timing());
    ExecutorService telling = tellingThread();
    Parts parts = assembly.assemble(Freshness.DOORBELL, counters, telling, leaving);
    Troubles troubles = parts.health().troubles();
    store.historyConcern().ifPresent(why -> troubles.raise(TroubleCause.HISTORY, why));
    store.secondServerConcern().ifPresent(why -> troubles.raise(TroubleCause.SECOND_SERVER, why));
    MountMonitor devices =
        new MountMonitor(
            parts.committer(), parts.devices(), troubles, assembly.timing().mountPoll());
    RunDirectoryMonitor lost =
        new RunDirectoryMonitor(
            store.doorbell(), counters, parts.health(), assembly.timing().runCheck());
    assembly.follow(
        parts,
        counters,
        telling,
        options.fileWatching(),
        ImmutableList.of(lost, devices),
        tasks -> {
          lost.start(tasks);
          if (options.availability() == EngineOptions.Availability.COMMIT) {
            devices.start(tasks);
          }
        });
    return parts.engine();
  }

  static Engine over(Store store, MountRoots roots, EngineTiming timing, String program)
      throws EngineStartException {
    EngineAssembly assembly = of(store, roots, timing);
    Counters counters = new LocalCounters(program);
    ExecutorService telling = tellingThread();
    Parts parts = assembly.assemble(Freshness.DOORBELL, counters, telling);
    assembly.follow(
        parts, counters, telling, EngineOptions.FileWatching.ON, ImmutableList.of(), tasks -> {});
    return parts.engine();
  }

  /**
   * Starts an engine that finds changes by itself, and owns its store.
   *
   * @param monitors closed first
   * @param starting starts other periodic tasks
   */
  private void follow(
      Parts parts,
      Counters counters,
      ExecutorService telling,
      EngineOptions.FileWatching watching,
      ImmutableList<AutoCloseable> monitors,
      Consumer<PeriodicTasks> starting)
      throws EngineStartException {
    ChangeMonitor changes =
        new ChangeMonitor(
            parts.committer(),
            store.doorbell(),
            counters,
            parts.bulkheads(),
            parts.health(),
            timing,
            ticker);
    // The order of closing. The monitors first: they use the rest. The committer before the store:
    // see Committer#close. The runtimes after the committer, which creates some, and before the
    // store, whose directory they use.
    parts
        .health()
        .owns(
            ImmutableList.<AutoCloseable>builder()
                .addAll(monitors)
                .add(changes, parts.committer(), telling::shutdown, parts.runtimes(), store)
                .build());
    start(
        parts,
        () -> {
          if (watching == EngineOptions.FileWatching.ON) {
            // Before the first read of the file, so that no edit in between is missed.
            changes.follow(store);
          }
          parts.committer().start();
          // Content that is not trusted or cannot be committed now is checked again soon.
          if (!parts.health().troubles().ofServer().isEmpty()) {
            changes.look();
          }
          PeriodicTasks tasks = parts.health().tasks();
          changes.start(tasks);
          starting.accept(tasks);
        });
  }

  /** A step that may fail when everything has been created and must be released. */
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
    FileStore store;
    try {
      store = FileStore.openPrivate(storeOptions(options));
    } catch (StateDirectoryException | StoreException e) {
      throw new EngineStartException(message(e), e);
    }
    EngineAssembly assembly = of(store, options.mountRoots(), options.timing());
    ExecutorService telling = tellingThread();
    Parts parts =
        assembly.assemble(Freshness.EVERY_LOOKUP, new LocalCounters(options.program()), telling);
    parts
        .health()
        .owns(ImmutableList.of(parts.committer(), telling::shutdown, parts.runtimes(), store));
    start(parts, parts.committer()::start);
    return parts.engine();
  }

  /** One thread, started at once: a notification must not fail because no thread can be created. */
  private static ExecutorService tellingThread() {
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), TELLING_THREADS);
    one.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    boolean unused = one.prestartCoreThread();
    return one;
  }

  private static EngineAssembly of(Store store, MountRoots roots, EngineTiming timing) {
    return new EngineAssembly(
        store,
        new MountCheck(roots, DeviceNumbers.ofSystem()),
        timing,
        InstantSource.system(),
        Ticker.systemTicker());
  }

  private static FileStoreOptions storeOptions(EngineOptions options) {
    EngineTiming timing = options.timing();
    return new FileStoreOptions(
        new FileStoreOptions.Places(
            options.configFile(),
            options.stateDirectory(),
            options.runDirectory(),
            options.machineId()),
        options.configAccess(),
        new FileStoreOptions.Waits(timing.lockWait(), timing.settle(), timing.settleLimit()),
        FileStoreOptions.Outside.system());
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }
}
