package io.datastored.cli.demo;

import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.ExitStatus;
import io.datastored.client.DatastoredException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A demo stream is a stream of the server that the demo follows on a separate thread. Thread-safe:
 * its messages go through a queue.
 */
final class DemoStream<T> implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String name;
  private final BlockingQueue<T> received = new LinkedBlockingQueue<>();
  private final Thread thread;

  private DemoStream(String name, Source<T> source) {
    this.name = name;
    this.thread = new Thread(() -> follow(source), "demo-" + name);
    thread.setDaemon(true);
  }

  /** Follows a stream until it ends or its thread is interrupted. */
  interface Source<T> {
    void follow(Consumer<T> received) throws InterruptedException;
  }

  /**
   * @param name what is followed, for messages
   */
  static <T> DemoStream<T> start(String name, Source<T> source) {
    var stream = new DemoStream<>(name, source);
    stream.thread.start();
    return stream;
  }

  private void follow(Source<T> source) {
    try {
      source.follow(received::add);
    } catch (InterruptedException | DatastoredException stopped) {
      // Either the demo is done with it, or it will notice that no message comes.
    }
  }

  T next() throws InterruptedException {
    T next = received.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new CommandFailed(
          ExitStatus.NO,
          "The %s received nothing for %s.".formatted(name, DurationText.print(PATIENCE)));
    }
    return next;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
