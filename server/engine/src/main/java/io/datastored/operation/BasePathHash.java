package io.datastored.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A base path hash is 128 bits by which counters of one base directory are found, whatever the
 * datastore was called when they were claimed. Immutable. Taken from the path's text, with {@code
 * .} and {@code ..} resolved: links are not followed, since that would touch the file system of the
 * datastore. Two paths with one hash would make a drain wait longer, never shorter.
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
