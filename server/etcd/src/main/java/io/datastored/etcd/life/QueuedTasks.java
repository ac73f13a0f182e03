package io.datastored.etcd.life;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Queued tasks run on an executor, each at most once in its queue. Thread-safe. */
public final class QueuedTasks {

  private static final Logger log = LoggerFactory.getLogger(QueuedTasks.class);

  private final Set<Object> queued = ConcurrentHashMap.newKeySet();
  private final Executor executor;

  /**
   * @param executor may be shut down: then nothing is done any more
   */
  public QueuedTasks(Executor executor) {
    this.executor = executor;
  }

  /**
   * Has a task run soon.
   *
   * @param what names it: nothing is done if a task of that name is queued, and has not begun
   */
  public void run(Object what, Runnable task) {
    if (!queued.add(what)) {
      return;
    }
    try {
      executor.execute(
          () -> {
            // Before it looks at anything: what changes from now on is for the next one.
            queued.remove(what);
            task.run();
          });
    } catch (RejectedExecutionException e) {
      log.atDebug().log("nothing is done for other servers any more: the server stops");
    }
  }
}
