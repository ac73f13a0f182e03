package io.datastored.etcd.life;

import io.datastored.history.Generation;

/**
 * Applied is the last commit that a server serves. Immutable.
 *
 * @param commit its id
 * @param generation of the whole configuration
 */
public record Applied(String commit, Generation generation) {

  /** Checks the id. */
  public Applied {
    if (!commit.matches("[0-9a-f]+")) {
      throw new IllegalArgumentException("a commit id is hexadecimal: " + commit);
    }
  }

  @Override
  public String toString() {
    return commit + " " + generation;
  }
}
