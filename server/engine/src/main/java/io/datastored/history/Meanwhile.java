package io.datastored.history;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;

/**
 * Meanwhile is work that one thread does while another does something else. A thread for each:
 * there is one for a change of a large configuration, and a pool of the process may be busy or
 * switched off. Stateless.
 */
public final class Meanwhile {

  private static final ThreadFactory THREADS =
      new ThreadFactoryBuilder().setDaemon(true).setNameFormat("datastored-meanwhile-%d").build();

  private Meanwhile() {}

  /**
   * Does some work.
   *
   * @param worthIt whether it is so much that a thread of its own pays; otherwise it is done when
   *     this returns
   */
  public static <T> Future<T> start(boolean worthIt, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Executor executor = worthIt ? run -> THREADS.newThread(run).start() : Runnable::run;
    executor.execute(task);
    return task;
  }
}
