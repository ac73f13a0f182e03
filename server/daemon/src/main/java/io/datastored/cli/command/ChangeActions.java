package io.datastored.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.Json;
import io.datastored.cli.view.VisibleText;
import io.datastored.v1.WatchGenerationResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Change actions run a command of the user for each datastore that has changed. Thread-safe:
 * guarded by its own lock.
 *
 * <p>For one datastore one command runs at a time, with the newest change: what changes while it
 * runs is handed to the next run, and what came in between is left out. A command that fails runs
 * again until it succeeds, with a growing pause; a newer change does not wait for the pause.
 */
final class ChangeActions implements AutoCloseable {

  /**
   * How commands are run.
   *
   * @param command for {@code sh -c}
   * @param atOnce number of commands that may run at the same time, at least 1
   * @param firstPause pause after a failure; doubled after each further one
   * @param longestPause what it grows to
   */
  record Options(String command, int atOnce, Duration firstPause, Duration longestPause) {}

  /** What is to be done for one datastore. */
  private static final class Task {
    private WatchGenerationResponse newest;

    /** Counts the changes, so that a run can tell whether it had the newest one. */
    private long changes;

    private boolean running;
    private int failures;

    /** The next run; of several only the last one that was submitted. */
    private @Nullable Future<?> next;

    private Task(WatchGenerationResponse newest) {
      this.newest = newest;
    }
  }

  /** A change that a run has taken. */
  private record Taken(WatchGenerationResponse frame, long changes) {}

  private final Options options;
  private final PrintWriter err;
  private final ScheduledThreadPoolExecutor threads;
  private final Map<String, Task> tasks = new HashMap<>();
  private final List<Process> processes = new ArrayList<>();
  private boolean closed;

  ChangeActions(Options options, PrintWriter err) {
    this.options = options;
    this.err = err;
    this.threads =
        new ScheduledThreadPoolExecutor(
            options.atOnce(),
            task -> {
              Thread thread = new Thread(task, "change-action");
              thread.setDaemon(true);
              return thread;
            });
    threads.setRemoveOnCancelPolicy(true);
  }

  /** Runs the command for a datastore, now or after the run that is in progress. */
  synchronized void changed(String name, WatchGenerationResponse frame) {
    if (closed) {
      return;
    }
    Task task = tasks.computeIfAbsent(name, datastore -> new Task(frame));
    task.newest = frame;
    task.changes++;
    task.failures = 0;
    // A run in progress sees at its end that there is something newer.
    if (!task.running) {
      submit(name, task, Duration.ZERO);
    }
  }

  private void submit(String name, Task task, Duration pause) {
    if (task.next != null) {
      task.next.cancel(false);
    }
    task.next = threads.schedule(() -> run(name, task), pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void run(String name, Task task) {
    Taken taken;
    synchronized (this) {
      if (closed || task.running || tasks.get(name) != task) {
        return; // Cancelled too late.
      }
      task.running = true;
      taken = new Taken(task.newest, task.changes);
    }
    String failure;
    try {
      failure = execute(name, taken.frame());
    } catch (InterruptedException e) {
      return; // Closed.
    }
    ended(name, task, taken, failure);
  }

  /**
   * @param failure why it has failed; empty if it has not
   */
  private synchronized void ended(String name, Task task, Taken taken, String failure) {
    if (closed) {
      return;
    }
    task.running = false;
    if (task.changes != taken.changes()) {
      submit(name, task, Duration.ZERO);
    } else if (failure.isEmpty()) {
      tasks.remove(name);
    } else {
      Duration pause = pause(task.failures++);
      err.println(
          VisibleText.of(
              "%s: the command %s. Running it again in %s."
                  .formatted(name, failure, DurationText.print(pause))));
      err.flush();
      submit(name, task, pause);
    }
  }

  private Duration pause(int failures) {
    Duration doubled = options.firstPause().multipliedBy(1L << Math.min(failures, 30));
    return doubled.compareTo(options.longestPause()) < 0 ? doubled : options.longestPause();
  }

  /** Why the command has failed; empty if it has not. */
  private String execute(String name, WatchGenerationResponse frame) throws InterruptedException {
    Process process;
    try {
      process = start(name);
    } catch (IOException e) {
      return "cannot be started (" + e.getMessage() + ")";
    }
    try (OutputStream input = process.getOutputStream()) {
      input.write((Json.line(frame) + "\n").getBytes(UTF_8));
    } catch (IOException e) {
      // It does not read its input. Its exit status tells how it went.
    }
    int status = process.waitFor();
    synchronized (this) {
      processes.remove(process);
    }
    return status == 0 ? "" : "exited with " + status;
  }

  private synchronized Process start(String name) throws IOException, InterruptedException {
    if (closed) {
      throw new InterruptedException("closed");
    }
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", options.command())
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    CallersLocale.restore(builder.environment());
    builder.environment().put("DATASTORED_DATASTORE", name);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /** Ends the commands that run, and starts none any more. */
  @Override
  public void close() {
    List<Process> left;
    synchronized (this) {
      closed = true;
      left = ImmutableList.copyOf(processes);
    }
    threads.shutdownNow();
    for (Process process : left) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }
}
