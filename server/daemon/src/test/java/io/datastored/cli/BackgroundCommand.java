package io.datastored.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.soak.Patience;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A command that runs until it is stopped, as with Ctrl-C. Thread-safe: a StringWriter is. */
public final class BackgroundCommand implements AutoCloseable {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CompletableFuture<Integer> status = new CompletableFuture<>();
  private final Thread thread;

  public BackgroundCommand(String... args) {
    thread =
        new Thread(
            () ->
                status.complete(
                    new Shell().run(new PrintWriter(out, true), new PrintWriter(err, true), args)));
    thread.start();
  }

  public BackgroundCommand awaitOut(String text) {
    await().untilAsserted(() -> assertThat(out()).as(this::err).contains(text));
    return this;
  }

  public BackgroundCommand awaitErr(String text) {
    await().untilAsserted(() -> assertThat(err()).as(this::out).contains(text));
    return this;
  }

  public String out() {
    return out.toString();
  }

  public String err() {
    return err.toString();
  }

  public int awaitStatus() {
    return status.orTimeout(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** Ctrl-C. */
  public int stop() {
    thread.interrupt();
    return awaitStatus();
  }

  /** Waits too: what it leaves behind may be gone with the test. */
  @Override
  public void close() {
    thread.interrupt();
    awaitStatus();
  }

  @Override
  public String toString() {
    return "out: " + out() + "\nerr: " + err();
  }
}
