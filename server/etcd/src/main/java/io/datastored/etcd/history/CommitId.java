package io.datastored.etcd.history;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * A commit id identifies one commit of a history: 16 lower-case hexadecimal digits. Immutable. It
 * is random, so two commits with the same generation are distinct: one of them is in a history that
 * was set back.
 */
record CommitId(String hex) {

  private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}");

  CommitId {
    if (!FORM.matcher(hex).matches()) {
      throw new IllegalArgumentException("not 16 lower-case hexadecimal digits: " + hex);
    }
  }

  static CommitId random(RandomGenerator random) {
    return new CommitId(String.format("%016x", random.nextLong()));
  }

  @Override
  public String toString() {
    return hex;
  }
}
