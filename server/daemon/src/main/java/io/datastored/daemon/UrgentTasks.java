package io.datastored.daemon;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Urgent tasks are what other servers wait for, in the order in which it is asked for, on a thread
 * of its own: it does not wait behind upkeep. Thread-safe. A task is in the queue at most once.
 */
final class UrgentTasks implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(UrgentTasks.class);

  private final Set<Object> queued = ConcurrentHashMap.newKeySet();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          new ThreadFactoryBuilder().setNameFormat("datastored-urgent").setDaemon(true).build());

  /**
   * Has a task run soon.
   *
   * @param what names it: nothing is done if a task of that name is queued, and has not begun
   */
  void run(Object what, Runnable task) {
    if (!queued.add(what)) {
      return;
    }
    try {
      thread.execute(
          () -> {
            // Before it looks at anything: what changes from now on is for the next one.
            queued.remove(what);
            task.run();
          });
    } catch (RejectedExecutionException e) {
      log.atDebug().log("nothing is done for other servers any more: the server stops");
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
