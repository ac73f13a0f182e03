package io.datastored.promise;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import io.datastored.config.DatastoreName;
import io.datastored.file.AtomicFile;
import io.datastored.file.DiskSteps;
import io.datastored.file.StoreException;
import io.datastored.file.Verdict;
import io.datastored.operation.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Continuations prove to a restarted server, or to another one, that a lease was granted, without a
 * durable write for each grant: the holder keeps an authentication code over what was granted to
 * whom, by a key of the state directory or of all servers. Thread-safe: immutable.
 *
 * <p>If the key cannot be kept, or was lost, leases of earlier runs cannot be proven; they are then
 * taken over only where the mode permits it.
 */
public final class Continuations {

  static final String NAME = "continuation.key";

  private static final Logger log = LoggerFactory.getLogger(Continuations.class);

  private static final int KEY_BYTES = 32;
  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}\n");

  /** 128 bits cannot be guessed while a server recovers. */
  private static final int CODE_BYTES = 16;

  private static final BaseEncoding HEX = BaseEncoding.base16().lowerCase();
  private static final BaseEncoding TEXT = BaseEncoding.base64Url().omitPadding();

  private final HashFunction code;

  private Continuations(byte[] key) {
    this.code = Hashing.hmacSha256(key);
  }

  /**
   * What was granted.
   *
   * @param lease the id of the lease
   * @param token its fencing token
   * @param datastore the datastore
   * @param operation the operation
   * @param basePath the base path that the datastore had then
   * @param holder whom it was granted to, as text
   */
  public record Granted(
      String lease,
      FencingToken token,
      DatastoreName datastore,
      Operation operation,
      Path basePath,
      String holder) {}

  /** Opens the key of a state directory, or makes it. Touches the disk. */
  static Continuations open(Path stateDirectory, DiskSteps disk) {
    Path file = stateDirectory.resolve(NAME);
    try {
      Optional<Continuations> kept = read(file);
      if (kept.isPresent()) {
        return kept.get();
      }
      String made = newKey(new SecureRandom());
      AtomicFile.forOwnerOnly(file, disk).replace(made.getBytes(US_ASCII));
      return of(made);
    } catch (IOException | StoreException e) {
      log.atWarn()
          .setCause(e)
          .log(
              "the lease key cannot be saved: after a restart leases are continued only where"
                  + " the mode permits it");
      return of(newKey(new SecureRandom()));
    }
  }

  /**
   * Those of a key.
   *
   * @throws IllegalArgumentException when the key is damaged
   */
  public static Continuations of(String key) {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException("it is not one line of 64 hexadecimal digits");
    }
    return new Continuations(HEX.decode(key.strip()));
  }

  /**
   * A new key, as text.
   *
   * @param random must be unpredictable
   */
  public static String newKey(RandomGenerator random) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return HEX.encode(key) + "\n";
  }

  /** The key in the file; empty if there is none yet, or a damaged one. */
  private static Optional<Continuations> read(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file, US_ASCII);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    try {
      return Optional.of(of(text));
    } catch (IllegalArgumentException e) {
      log.atWarn()
          .addKeyValue("file", file)
          .log(
              "the lease key is damaged, a new one is made: leases of the last run are"
                  + " continued only where the mode permits it");
      return Optional.empty();
    }
  }

  /** Whether a key file can be used. */
  public static Verdict verdict(byte[] bytes) {
    return KEY.matcher(new String(bytes, US_ASCII)).matches()
        ? Verdict.whole("a key of %d bits".formatted(KEY_BYTES * Byte.SIZE))
        : Verdict.damaged(
            new IllegalArgumentException("it is not one line of 64 hexadecimal digits"),
            "The next start makes a new key: leases of the last run are continued only where the"
                + " mode permits it");
  }

  /** What the holder is given: 22 characters of {@code [A-Za-z0-9_-]}. */
  public String of(Granted granted) {
    return TEXT.encode(code(granted));
  }

  /** Whether a text is what the holder was given. */
  public boolean prove(String told, Granted granted) {
    // Compared in constant time.
    return MessageDigest.isEqual(told.getBytes(UTF_8), of(granted).getBytes(UTF_8));
  }

  private byte[] code(Granted granted) {
    Hasher hasher = code.newHasher().putLong(granted.token().value());
    for (String part :
        new String[] {
          granted.lease(),
          granted.datastore().value(),
          granted.operation().name(),
          granted.basePath().toString(),
          granted.holder()
        }) {
      // With its length, so that no two grants are one text.
      byte[] bytes = part.getBytes(UTF_8);
      hasher.putInt(bytes.length).putBytes(bytes);
    }
    return Arrays.copyOf(hasher.hash().asBytes(), CODE_BYTES);
  }
}
