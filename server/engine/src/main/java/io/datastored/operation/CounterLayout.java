package io.datastored.operation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.config.DatastoreName;
import io.datastored.operation.ProcessCounters.Label;
import io.datastored.operation.ProcessCounters.Owner;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A counter layout is the format of a counter file. Stateless.
 *
 * <p>A header page, then chunks of records. Numbers are in the native byte order, since only
 * processes of one machine share a file.
 *
 * <pre>
 *   head     0  magic    8  layout   16  run id    32  pid   40  program, its length before it
 *          512  how many records are in use, alone on its lines
 *   record   0  the first stripe of the counter, alone on its line
 *           64  name, its length before it        104  hash of the base path
 *          128  the second stripe, and so on every 128 bytes
 * </pre>
 *
 * The name and the hash are written once, before other processes see the record, and read once by
 * each of them, so they do not disturb the cache lines of counting threads.
 */
final class CounterLayout {

  static final int HEAD = 4096;
  static final int RECORDS = 512;

  /** The number of threads that can count on one datastore without contention. */
  static final int STRIPES = 4;

  /** The size of a record, in bytes. */
  static final int RECORD = STRIPES * Counters.STRIDE;

  static final int CHUNK = RECORDS * RECORD;

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final byte[] MAGIC = "DSCOUNT\0".getBytes(US_ASCII);
  private static final long LAYOUT = 2;
  private static final int LAYOUT_AT = 8;
  private static final int RUN_AT = 16;
  private static final int PID_AT = 32;
  private static final int PROGRAM_AT = 40;
  private static final int MAX_PROGRAM = 128;
  private static final int USED_AT = 512;
  private static final int NAME_AT = 64;
  private static final int HIGH_AT = 104;
  private static final int LOW_AT = 112;

  private CounterLayout() {}

  /** The offset of a chunk in the file. */
  static long chunkAt(int chunk) {
    return HEAD + (long) chunk * CHUNK;
  }

  /** The header of a file without records in use. */
  static ByteBuffer head(String run, Owner owner) {
    ByteBuffer head = ByteBuffer.allocate(HEAD).order(ByteOrder.nativeOrder());
    head.put(MAGIC).putLong(LAYOUT).put(run.getBytes(US_ASCII));
    head.putLong(PID_AT, owner.pid());
    byte[] program = owner.program().getBytes(UTF_8);
    putText(head, PROGRAM_AT, Arrays.copyOf(program, Math.min(program.length, MAX_PROGRAM)));
    return head.rewind();
  }

  private static void putText(ByteBuffer page, int at, byte[] text) {
    page.put(at, (byte) text.length).put(at + 1, text);
  }

  private static byte[] text(ByteBuffer page, int at) {
    byte[] text = new byte[Byte.toUnsignedInt(page.get(at))];
    page.get(at + 1, text);
    return text;
  }

  /**
   * The process that wrote a header.
   *
   * @throws IllegalArgumentException when it is not a header of this version
   */
  static Owner owner(ByteBuffer head, boolean self) {
    byte[] magic = new byte[MAGIC.length];
    head.get(0, magic);
    ByteBuffer ordered = head.duplicate().order(ByteOrder.nativeOrder());
    if (!Arrays.equals(magic, MAGIC) || ordered.getLong(LAYOUT_AT) != LAYOUT) {
      throw new IllegalArgumentException("it has no counters of this version");
    }
    return new Owner(ordered.getLong(PID_AT), new String(text(head, PROGRAM_AT), UTF_8), self);
  }

  /** The number of records in use; their labels are complete. */
  static int used(ByteBuffer head) {
    return Math.toIntExact((long) LONGS.getVolatile(head, USED_AT));
  }

  /** Makes records visible to other processes. */
  static void show(ByteBuffer head, int used) {
    LONGS.setVolatile(head, USED_AT, (long) used);
  }

  /** The counter of a record. */
  static Counter counter(ByteBuffer chunk, int at) {
    Stripe[] stripes = new Stripe[STRIPES];
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe(chunk, at + i * Counters.STRIDE);
    }
    return new Counter(stripes);
  }

  /** Writes the label of a record. */
  static void label(ByteBuffer chunk, int at, Label label) {
    putText(chunk, at + NAME_AT, label.name().value().getBytes(US_ASCII));
    LONGS.set(chunk, at + HIGH_AT, label.basePath().high());
    LONGS.set(chunk, at + LOW_AT, label.basePath().low());
  }

  /** The label of a record. */
  static Label label(ByteBuffer chunk, int at) {
    return new Label(
        DatastoreName.of(new String(text(chunk, at + NAME_AT), US_ASCII)),
        new BasePathHash(
            (long) LONGS.get(chunk, at + HIGH_AT), (long) LONGS.get(chunk, at + LOW_AT)));
  }
}
