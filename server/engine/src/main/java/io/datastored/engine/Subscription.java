package io.datastored.engine;

/**
 * A subscription is the registration of a listener; closing it ends it. Thread-safe; closing is
 * idempotent.
 */
@FunctionalInterface
public interface Subscription extends AutoCloseable {

  @Override
  void close();
}
