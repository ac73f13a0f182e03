package io.datastored.lease;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.datastored.config.DatastoreName;
import java.nio.file.Path;
import java.util.List;

/**
 * Grounds are the base paths on which a lease of the run before may be used, as far as it is not
 * the one that its datastore has now. Immutable.
 *
 * @param left those that its datastore has left since; with more than one, or with {@code
 *     PRESENT_TOO}, nobody knows which it is, and the lease counts on all of them
 * @param present whether it may also be the present one
 */
record Grounds(ImmutableList<Path> left, Present present) {

  /** Whether a lease may be used on the present base path. */
  enum Present {
    PRESENT_TOO,
    ONLY_LEFT
  }

  /** On the present base path and no other. */
  static final Grounds AS_CONFIGURED = new Grounds(ImmutableList.of(), Present.PRESENT_TOO);

  /**
   * The grounds of a lease.
   *
   * @param all in the order in which they were left
   */
  static Grounds of(List<LeftPath> all, DatastoreName datastore, FencingToken token) {
    ImmutableSet.Builder<Path> left = ImmutableSet.builder();
    for (LeftPath one : all) {
      if (one.datastore().equals(datastore) && token.value() <= one.until()) {
        left.add(one.basePath());
        if (token.value() <= one.certain()) {
          return new Grounds(left.build().asList(), Present.ONLY_LEFT);
        }
      }
    }
    ImmutableList<Path> found = left.build().asList();
    return found.isEmpty() ? AS_CONFIGURED : new Grounds(found, Present.PRESENT_TOO);
  }
}
