package io.datastored.cli.command;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A system child is a child of this process on the same terminal. Signals that end it also go to
 * the processes that it has started: a shell that ends would leave the writing program behind.
 * Thread-safe: one volatile list.
 */
final class SystemChild implements Child {

  private final Process process;

  /**
   * The descendants that must have ended too; found before any process is asked to end, while each
   * still has its parent.
   */
  private volatile ImmutableList<ProcessHandle> descendants = ImmutableList.of();

  private SystemChild(Process process) {
    this.process = process;
  }

  /**
   * Starts a command with the streams of this process.
   *
   * @param environment variables in addition to those of this process
   */
  static SystemChild start(ImmutableList<String> command, ImmutableMap<String, String> environment)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    CallersLocale.restore(builder.environment());
    builder.environment().putAll(environment);
    return new SystemChild(builder.start());
  }

  @Override
  public boolean endsWithin(Duration time) throws InterruptedException {
    long begin = System.nanoTime();
    if (!process.waitFor(Math.max(0, time.toNanos()), TimeUnit.NANOSECONDS)) {
      return false;
    }
    for (ProcessHandle each : descendants) {
      if (!hasEnded(each, time.toNanos() - (System.nanoTime() - begin))) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasEnded(ProcessHandle handle, long nanos) throws InterruptedException {
    try {
      handle.onExit().get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("nothing completes it with a failure", e);
    }
  }

  @Override
  public void terminate() {
    descendants = family();
    process.destroy();
    descendants.forEach(ProcessHandle::destroy);
  }

  @Override
  public void kill() {
    ImmutableList<ProcessHandle> told = descendants;
    descendants =
        ImmutableList.<ProcessHandle>builder()
            .addAll(told)
            .addAll(process.descendants().iterator())
            .addAll(told.stream().flatMap(ProcessHandle::descendants).iterator())
            .build();
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  /** Java can send only two signals; the {@code kill} of every shell knows them all. */
  @Override
  public void signal(String name) {
    try {
      new ProcessBuilder("sh", "-c", "kill -s $0 $1", name, Long.toString(process.pid()))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException withoutShell) {
      process.destroy();
    }
  }

  @Override
  public int status() {
    return process.exitValue();
  }

  /** The live processes that it has started. */
  ImmutableList<ProcessHandle> family() {
    return process.descendants().collect(ImmutableList.toImmutableList());
  }
}
