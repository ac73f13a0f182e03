package io.datastored.etcd.life;

import io.datastored.history.Generation;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Applied is the last commit that a server serves. Immutable.
 *
 * @param commit its id
 * @param generation of the whole configuration
 */
public record Applied(String commit, Generation generation) {

  private static final Pattern LINE =
      Pattern.compile("^applied ([0-9a-f]+) ([0-9]{1,18})$", Pattern.MULTILINE);

  /** Checks the id. */
  public Applied {
    if (!commit.matches("[0-9a-f]+")) {
      throw new IllegalArgumentException("a commit id is hexadecimal: " + commit);
    }
  }

  /** What a presence acknowledges; empty if it is nothing. */
  static Optional<Applied> in(String presence) {
    Matcher line = LINE.matcher(presence);
    return line.find()
        ? Optional.of(new Applied(line.group(1), new Generation(Long.parseLong(line.group(2)))))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return commit + " " + generation;
  }
}
