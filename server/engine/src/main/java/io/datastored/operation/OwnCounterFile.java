package io.datastored.operation;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.file.ProcessFile;
import io.datastored.file.ProcessFiles;
import io.datastored.file.StoreException;
import io.datastored.operation.ProcessCounters.Label;
import io.datastored.operation.ProcessCounters.Owner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.random.RandomGenerator;

/**
 * An own counter file is the mapped file in which this process counts. Thread-safe: claiming takes
 * a lock, counting does not.
 *
 * <p>It grows by chunks and never shrinks. Each chunk is written completely before it is mapped: a
 * store into a hole of a full file system, or past the end, would kill the process (SIGBUS).
 */
final class OwnCounterFile {

  /** How the file grows. For tests that simulate a full file system. */
  @FunctionalInterface
  interface Growth {
    /** Appends a chunk of zeros. */
    void append(FileChannel file, long at) throws IOException;
  }

  private final ProcessFile file;
  private final Growth growth;
  private final ProcessCounters counters;
  private final MappedByteBuffer head;

  @GuardedBy("this")
  private MappedByteBuffer chunk;

  @GuardedBy("this")
  private int used;

  private OwnCounterFile(ProcessFile file, Owner owner, Growth growth) throws IOException {
    this.file = file;
    this.growth = growth;
    this.counters = new ProcessCounters(owner);
    try (FileChannel channel = open(file.path())) {
      this.head = channel.map(MapMode.READ_WRITE, 0, CounterLayout.HEAD);
      this.chunk = map(channel, 0);
    }
  }

  static OwnCounterFile create(
      ProcessFiles files, String run, String program, Growth growth, RandomGenerator random)
      throws StoreException {
    Owner owner = new Owner(ProcessHandle.current().pid(), program, true);
    ProcessFile file =
        files.create(
            random,
            channel -> {
              write(channel, CounterLayout.head(run, owner), 0);
              growth.append(channel, CounterLayout.chunkAt(0));
            });
    try {
      return new OwnCounterFile(file, owner, growth);
    } catch (IOException e) {
      file.close();
      throw StoreException.of("map", file.path(), e);
    }
  }

  /** Appends a chunk of zeros to the file. */
  static void append(FileChannel file, long at) throws IOException {
    write(file, ByteBuffer.allocate(CounterLayout.CHUNK), at);
  }

  private static void write(FileChannel file, ByteBuffer bytes, long at) throws IOException {
    while (bytes.hasRemaining()) {
      int unused = file.write(bytes, at + bytes.position());
    }
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static MappedByteBuffer map(FileChannel channel, int chunk) throws IOException {
    return channel.map(MapMode.READ_WRITE, CounterLayout.chunkAt(chunk), CounterLayout.CHUNK);
  }

  /** Claims an unused record, closed and visible to other processes. */
  synchronized Counter claim(DatastoreName name, Path basePath) throws StoreException {
    int index = used % CounterLayout.RECORDS;
    if (index == 0 && used > 0) {
      grow(used / CounterLayout.RECORDS);
    }
    int at = index * CounterLayout.RECORD;
    Label label = new Label(name, BasePathHash.of(basePath));
    Counter counter = CounterLayout.counter(chunk, at);
    // Write the label, then publish the record: a drain that found the record without its name
    // would ignore what is counted in it. And publish before the first operation is counted, which
    // the caller does.
    CounterLayout.label(chunk, at, label);
    counter.reset();
    used++;
    CounterLayout.show(head, used);
    counters.add(label, counter);
    return counter;
  }

  @GuardedBy("this")
  private void grow(int chunks) throws StoreException {
    try (FileChannel channel = open(file.path())) {
      growth.append(channel, CounterLayout.chunkAt(chunks));
      chunk = map(channel, chunks);
    } catch (IOException e) {
      throw StoreException.of("count operations in", file.path(), e);
    }
  }

  ProcessFile file() {
    return file;
  }

  ProcessCounters counters() {
    return counters;
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
