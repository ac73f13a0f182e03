package io.datastored.etcd.history;

import io.datastored.etcd.history.KeyValues.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Reports are what one watch has reported and nobody has taken yet. Thread-safe.
 *
 * <p>A view is made of all that wait, not of each: with many datastores a view takes longer than
 * the next commit.
 */
final class Reports implements KeyValues.Listener {

  /** The changes of one revision. */
  record Report(long revision, List<Change> changes) {}

  private final Queue<Report> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean announced = new AtomicBoolean();
  private final Consumer<Reports> arrived;
  private final BiConsumer<Reports, KeyValuesException> over;

  /**
   * @param arrived is told of reports to take, once until they are taken; must not block
   * @param over is told why the watch ended
   */
  Reports(Consumer<Reports> arrived, BiConsumer<Reports, KeyValuesException> over) {
    this.arrived = arrived;
    this.over = over;
  }

  @Override
  public void changed(long revision, List<Change> changes) {
    waiting.add(new Report(revision, changes));
    if (announced.compareAndSet(false, true)) {
      arrived.accept(this);
    }
  }

  @Override
  public void ended(KeyValuesException why) {
    over.accept(this, why);
  }

  /** Takes all that have arrived, in their order; those after a revision. */
  List<Report> take(long after) {
    // Before they are taken: what arrives behind the last one is announced again.
    announced.set(false);
    List<Report> all = new ArrayList<>();
    for (Report next = waiting.poll(); next != null; next = waiting.poll()) {
      if (next.revision() > after) {
        all.add(next);
      }
    }
    return all;
  }
}
