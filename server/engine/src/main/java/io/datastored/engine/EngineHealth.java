package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.datastored.engine.health.EditDetection;
import io.datastored.engine.health.PeriodicTasks;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Engine health is the state of an engine's background work. Thread-safe.
 *
 * <p>It also turns lookups off: when the engine is closed, or when the page of its doorbell is no
 * longer the one that other processes raise.
 */
final class EngineHealth implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EngineHealth.class);

  private final Troubles troubles;
  private final PeriodicTasks tasks;
  private volatile ImmutableList<AutoCloseable> parts = ImmutableList.of();
  private final CompletableFuture<String> lost = new CompletableFuture<>();
  private volatile @Nullable String unusable;
  private volatile Optional<EditDetection> editDetection = Optional.empty();
  private final ImmutableMap<EditDetection.Way, LongAdder> edits =
      Maps.toMap(Arrays.asList(EditDetection.Way.values()), way -> new LongAdder());

  EngineHealth(Troubles troubles, PeriodicTasks tasks) {
    this.troubles = troubles;
    this.tasks = tasks;
  }

  /** The periodic tasks. */
  PeriodicTasks tasks() {
    return tasks;
  }

  /** Sets what is closed with the engine, in this order. */
  void owns(ImmutableList<AutoCloseable> closeables) {
    parts = closeables;
  }

  @Nullable String unusable() {
    return unusable;
  }

  /** The present troubles, by cause. */
  Troubles troubles() {
    return troubles;
  }

  /** How edits are detected; empty while no background task follows the file. */
  Optional<EditDetection> editDetection() {
    return editDetection;
  }

  /** Records how edits are detected from now on. */
  void findsEdits(EditDetection how) {
    editDetection = Optional.of(how);
  }

  /** An edit was found. */
  void foundEdit(EditDetection.Way by) {
    Objects.requireNonNull(edits.get(by)).increment();
  }

  /** How many edits were found in which way. */
  ImmutableMap<EditDetection.Way, Long> editsFound() {
    return ImmutableMap.copyOf(Maps.transformValues(edits, LongAdder::sum));
  }

  /** Completed with the reason when the files shared with other processes are lost. */
  CompletableFuture<String> lost() {
    return lost;
  }

  /**
   * Records that the files shared with other processes are lost, and refuses every lookup from now
   * on.
   */
  void lose(String what) {
    if (unusable != null) {
      return;
    }
    String why = what + "; restart this process";
    unusable = why;
    troubles.raise(TroubleCause.RUN_DIRECTORY, why);
    boolean unused = lost.complete(why);
  }

  @Override
  public void close() {
    unusable = "the engine is closed";
    ImmutableList<AutoCloseable> closing = parts;
    parts = ImmutableList.of();
    tasks.close();
    for (AutoCloseable part : closing) {
      try {
        part.close();
      } catch (Exception e) {
        log.atWarn().setCause(e).log("closing {}", part);
      }
    }
  }
}
