package io.datastored.config;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * A fingerprint is 128 bits by which two versions of a datastore's settings and mode are told
 * apart. Immutable. It is taken from the canonical form, so formatting, order and comments do not
 * matter; it is no defence against somebody who looks for collisions.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record Fingerprint(long high, long low) {

  private static final HashFunction HASH = Hashing.murmur3_128();

  /** Returns the fingerprint of what a datastore's section says. */
  public static Fingerprint of(
      DatastoreName name, DatastoreSettings settings, MaintenanceSetting maintenance) {
    Hasher hasher = HASH.newHasher().putUnencodedChars(name.value()).putChar('\n');
    CanonicalProperties.forEach(
        settings,
        maintenance,
        (key, value) ->
            hasher.putUnencodedChars(key).putChar(' ').putUnencodedChars(value).putChar('\n'));
    ByteBuffer bits = ByteBuffer.wrap(hasher.hash().asBytes());
    return new Fingerprint(bits.getLong(), bits.getLong());
  }

  /** Returns the fingerprint of the same with a mode that cannot be read. */
  public Fingerprint with(String modeAsWritten) {
    ByteBuffer bits =
        ByteBuffer.wrap(
            HASH.newHasher()
                .putLong(high)
                .putLong(low)
                .putUnencodedChars(modeAsWritten)
                .hash()
                .asBytes());
    return new Fingerprint(bits.getLong(), bits.getLong());
  }

  /** Returns 32 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
