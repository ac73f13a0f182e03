package io.datastored.client.internal.loop;

import io.datastored.client.ClientListener;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Callbacks are application code that a client calls: listeners, actions on loss, and dependents of
 * futures. Thread-safe. They run one at a time and in order on the callback threads, so a callback
 * that blocks delays other callbacks, but never a renewal.
 */
public final class Callbacks implements Executor {

  private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

  private final Executor threads;
  private final Counters counters;
  private final List<ClientListener> listeners = new CopyOnWriteArrayList<>();
  private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  public Callbacks(Executor threads, Counters counters) {
    this.threads = threads;
    this.counters = counters;
  }

  public void add(ClientListener listener) {
    listeners.add(listener);
  }

  public void remove(ClientListener listener) {
    listeners.remove(listener);
  }

  /** Notifies every listener. */
  public void tell(Consumer<ClientListener> news) {
    if (!listeners.isEmpty()) {
      execute(() -> listeners.forEach(listener -> call(() -> news.accept(listener))));
    }
  }

  @Override
  public void execute(Runnable action) {
    queue.add(action);
    if (waiting.getAndIncrement() == 0) {
      submit();
    }
  }

  public int waiting() {
    return waiting.get();
  }

  private void submit() {
    try {
      threads.execute(this::drain);
    } catch (RejectedExecutionException e) {
      LOG.atWarn().log("a callback was not called: the callback threads are closed");
    }
  }

  private void drain() {
    do {
      call(queue.remove());
    } while (waiting.decrementAndGet() != 0);
  }

  private void call(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      counters.listenerErrors.increment();
      LOG.atWarn().setCause(e).log("a callback of the client failed");
    }
  }
}
