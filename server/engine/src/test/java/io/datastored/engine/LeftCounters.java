package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.operation.Counter;
import io.datastored.operation.Counters;
import io.datastored.operation.ProcessCounters;
import java.nio.file.Path;

/** Left counters are one counter, and whether it was taken out of sight. Thread-safe. */
final class LeftCounters implements Counters {

  private final Counter counter;
  private volatile boolean left;

  LeftCounters(Counter counter) {
    this.counter = counter;
  }

  boolean left() {
    return left;
  }

  @Override
  public Counter claim(DatastoreName name, Path basePath) {
    return counter;
  }

  @Override
  public ImmutableList<ProcessCounters> live() {
    return ImmutableList.of();
  }

  @Override
  public ImmutableList<ProcessCounters> known() {
    return ImmutableList.of();
  }

  @Override
  public boolean intact() {
    return true;
  }

  @Override
  public void close() {
    left = true;
  }
}
