package io.datastored.operation;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.file.ProcessFiles.Live;
import io.datastored.operation.ProcessCounters.Label;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A seen counter file is the counter file of another process, mapped for reading. Thread-safe: the
 * index is guarded, the counters are read atomically.
 *
 * <p>A record that was read stays valid: records are never moved or reused for another datastore.
 */
final class SeenCounterFile {

  private final Path path;
  private final ProcessCounters counters;
  private final MappedByteBuffer head;

  @GuardedBy("this")
  private int indexed;

  private SeenCounterFile(Path path, ProcessCounters counters, MappedByteBuffer head) {
    this.path = path;
    this.counters = counters;
    this.head = head;
  }

  static SeenCounterFile open(Live live) throws IOException {
    try (FileChannel channel = FileChannel.open(live.file(), StandardOpenOption.READ)) {
      MappedByteBuffer head = channel.map(MapMode.READ_ONLY, 0, CounterLayout.HEAD);
      ProcessCounters counters = new ProcessCounters(CounterLayout.owner(head, live.self()));
      return new SeenCounterFile(live.file(), counters, head);
    }
  }

  /** Reads the records that were published since the last call. */
  synchronized void readOn() throws IOException {
    int used = CounterLayout.used(head);
    if (used == indexed) {
      return;
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      while (indexed < used) {
        int chunk = indexed / CounterLayout.RECORDS;
        int end = Math.min(used, (chunk + 1) * CounterLayout.RECORDS);
        index(
            channel.map(MapMode.READ_ONLY, CounterLayout.chunkAt(chunk), CounterLayout.CHUNK), end);
      }
    }
  }

  @GuardedBy("this")
  private void index(MappedByteBuffer chunk, int end) {
    while (indexed < end) {
      int at = indexed % CounterLayout.RECORDS * CounterLayout.RECORD;
      Label label = CounterLayout.label(chunk, at);
      counters.add(label, CounterLayout.counter(chunk, at));
      indexed++;
    }
  }

  ProcessCounters counters() {
    return counters;
  }

  @Override
  public String toString() {
    return path + " of " + counters;
  }
}
