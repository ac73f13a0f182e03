package io.datastored.etcd.client;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A listener that writes down what it is told, one line for each call. Thread-safe. */
final class RecordedWatch implements WatchListener {

  final List<String> log = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> unread = new LinkedBlockingQueue<>();

  private void add(String line) {
    log.add(line);
    unread.add(line);
  }

  @Override
  public void changed(long revision, ImmutableList<WatchEvent> events) {
    StringBuilder line = new StringBuilder().append(revision);
    events.forEach(event -> line.append(' ').append(event.type()).append(' ').append(event.key()));
    add(line.toString());
  }

  @Override
  public void progress(long revision) {
    add("progress " + revision);
  }

  @Override
  public void ended(EtcdException why) {
    add(why.kind().toString());
  }

  String next() throws InterruptedException {
    String next = unread.poll(10, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing came");
    }
    return next;
  }
}
