package io.datastored.bench.lookup;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A version page is a mapped page with the generation of the configuration, shared by all
 * processes. Thread-safe.
 */
final class VersionPage {

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final int SIZE = 4096;

  /** Offset after the magic number and the generations of users and traffic control. */
  private static final int DATASTORE_AT = 24;

  private final MappedByteBuffer page;

  VersionPage(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      page = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
    }
  }

  long generation() {
    return (long) LONGS.getAcquire(page, DATASTORE_AT);
  }

  /** Increases the generation, as every save does. */
  void increase() {
    long unused = (long) LONGS.getAndAdd(page, DATASTORE_AT, 1L);
  }
}
