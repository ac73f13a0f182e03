package io.datastored.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A child of this process, on the same terminal. Thread-safe as {@link Process} is. */
record SystemChild(Process process) implements Child {

  /**
   * Starts a command with the streams of this process.
   *
   * @param environment variables besides those of this process
   */
  static SystemChild start(ImmutableList<String> command, ImmutableMap<String, String> environment)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(environment);
    return new SystemChild(builder.start());
  }

  @Override
  public boolean endsWithin(Duration time) throws InterruptedException {
    return process.waitFor(Math.max(0, time.toNanos()), TimeUnit.NANOSECONDS);
  }

  @Override
  public void terminate() {
    process.destroy();
  }

  @Override
  public void kill() {
    process.destroyForcibly();
  }

  /** Java itself can send only two signals; the {@code kill} of every shell knows them all. */
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
}
