package io.datastored.engine;

/** A subscription ends when it is closed. Thread-safe; closing is idempotent. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {

  @Override
  void close();
}
