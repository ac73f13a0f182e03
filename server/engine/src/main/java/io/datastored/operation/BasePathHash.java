package io.datastored.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A base path hash is 128 bits that identify the counters of one base directory, whatever name its
 * datastore had when they were claimed. Immutable. It is computed from the path's text, with {@code
 * .} and {@code ..} resolved; links are not followed, since that would touch the file system of the
 * datastore. A collision of two paths makes a drain wait longer, never shorter.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record BasePathHash(long high, long low) {

  /** The hash of a base path. */
  public static BasePathHash of(Path basePath) {
    ByteBuffer bits =
        ByteBuffer.wrap(
            Hashing.murmur3_128().hashString(basePath.normalize().toString(), UTF_8).asBytes());
    return new BasePathHash(bits.getLong(), bits.getLong());
  }
}
