package io.datastored.history.file;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.datastored.file.PrivateFile;
import io.datastored.history.Doorbell;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;

/**
 * A mapped doorbell is the doorbell that all processes of a state directory share: a word in a
 * memory-mapped page in the run directory. Thread-safe.
 *
 * <p>The page is 4096 bytes, little-endian: magic, layout, incarnation and run id as text in the
 * first 64 bytes, and the doorbell alone on the cache line at 128. It is written completely under a
 * hidden name and then renamed into place, never resized and never synced: after a boot it is
 * created again from the state file, so data that the kernel has not written back is not needed.
 */
public final class MappedDoorbell implements Doorbell {

  static final int SIZE = 4096;

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Creates a new file, never through an existing link. */
  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private static final byte[] MAGIC = "DSTORED\0".getBytes(US_ASCII);
  private static final long LAYOUT = 1;
  private static final int LAYOUT_AT = 8;
  private static final int INCARNATION_AT = 16;
  private static final int RUN_AT = 32;
  private static final int ID_BYTES = 16;
  private static final int WORD_AT = 128;

  private final Path path;
  private final Object fileKey;
  private final MappedByteBuffer page;

  private MappedDoorbell(Path path, Object fileKey, MappedByteBuffer page) {
    this.path = path;
    this.fileKey = fileKey;
    this.page = page;
  }

  /**
   * Creates a new page and opens it. Only for a process that knows that it is alone: processes that
   * have an older page mapped would not see this one.
   */
  public static MappedDoorbell create(Path path, Incarnation incarnation, Incarnation run)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).putLong(LAYOUT);
    bytes.put(incarnation.value().getBytes(US_ASCII)).put(run.value().getBytes(US_ASCII));
    Path hidden = path.resolveSibling("." + path.getFileName() + ".new");
    // Every byte is written, so that all blocks are allocated: a store into a hole of a full tmpfs
    // would kill the process (SIGBUS).
    Files.deleteIfExists(hidden);
    try (FileChannel made = FileChannel.open(hidden, NEW, PrivateFile.ATTRIBUTE)) {
      ByteBuffer all = bytes.rewind();
      while (all.hasRemaining()) {
        int unused = made.write(all);
      }
    }
    Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return open(path, incarnation, run);
  }

  /**
   * Opens the page of a state directory that other processes may be using.
   *
   * @throws IOException when it is not a page of this incarnation and run
   */
  static MappedDoorbell open(Path path, Incarnation incarnation, Incarnation run)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (channel.size() != SIZE) {
        throw new IOException(path + " is not a state page: it has " + channel.size() + " bytes");
      }
      MappedByteBuffer page = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
      page.order(ByteOrder.LITTLE_ENDIAN);
      byte[] magic = new byte[MAGIC.length];
      page.get(0, magic);
      if (!Arrays.equals(magic, MAGIC) || page.getLong(LAYOUT_AT) != LAYOUT) {
        throw new IOException(path + " is not a state page of this version");
      }
      requireId(path, page, INCARNATION_AT, incarnation, "incarnation");
      requireId(path, page, RUN_AT, run, "run");
      return new MappedDoorbell(path, fileKey(path), page);
    }
  }

  private static void requireId(
      Path path, MappedByteBuffer page, int at, Incarnation expected, String what)
      throws IOException {
    byte[] id = new byte[ID_BYTES];
    page.get(at, id);
    String found = new String(id, US_ASCII);
    if (!found.equals(expected.value())) {
      throw new IOException(path + " belongs to " + what + " " + found + ", not " + expected);
    }
  }

  private static Object fileKey(Path path) throws IOException {
    return Files.getAttribute(path, "unix:dev") + ":" + Files.getAttribute(path, "unix:ino");
  }

  @Override
  public long readAcquire() {
    return (long) LONGS.getAcquire(page, WORD_AT);
  }

  @Override
  public long read() {
    return (long) LONGS.getVolatile(page, WORD_AT);
  }

  @Override
  public void raise(Generation generation) {
    long target = generation.value();
    long now = read();
    while (now < target && !LONGS.compareAndSet(page, WORD_AT, now, target)) {
      now = read();
    }
  }

  @Override
  public boolean intact() {
    try {
      return fileKey(path).equals(fileKey) && Files.size(path) == SIZE;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "doorbell at " + read() + " in " + path;
  }
}
