package io.datastored.config;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * A fingerprint is a 128-bit hash that distinguishes versions of a datastore's settings and mode.
 * Immutable. It is computed from the canonical form, so formatting, order and comments do not
 * matter. It does not resist deliberate collisions.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
public record Fingerprint(long high, long low) {

  private static final HashFunction HASH = Hashing.murmur3_128();

  /** The fingerprint of a datastore's section. */
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

  /** This fingerprint combined with a mode that cannot be read. */
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

  /** The fingerprint as 32 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
