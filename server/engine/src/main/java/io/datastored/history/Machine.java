package io.datastored.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A machine identifies the installation that wrote a state, by a hash of its machine-id. Immutable.
 * A clone with a new machine-id is distinguished from its original; one that kept the id is not,
 * and neither is a container without one.
 *
 * @param hash empty if the system has no id
 */
public record Machine(Optional<String> hash) {

  /** The file in which systemd and others keep the id. */
  public static final Path ID = Path.of("/etc/machine-id");

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");
  private static final int DIGITS = 16;

  /**
   * The machine with the id in a file. The id itself is confidential (machine-id(5)), so it is
   * hashed.
   */
  public static Machine of(Path idFile) {
    try {
      String id = Files.readString(idFile).trim();
      return new Machine(
          Optional.of(id)
              .filter(text -> FORM.matcher(text).matches())
              .map(text -> Hashing.sha256().hashString("datastored " + text, UTF_8).toString())
              .map(hash -> hash.substring(0, DIGITS)));
    } catch (IOException e) {
      return new Machine(Optional.empty());
    }
  }

  /** Whether both are known and different. */
  public boolean isAnother(Machine other) {
    return hash.isPresent() && other.hash.isPresent() && !hash.equals(other.hash);
  }
}
