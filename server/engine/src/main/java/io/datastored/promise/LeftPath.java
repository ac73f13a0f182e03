package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.datastored.config.DatastoreName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A left path is a base path on which a datastore was, while leases could be out on it. Immutable.
 * Leases that a server before granted on it are continued there, wherever the datastore is now.
 *
 * @param datastore the name; the section may have been removed and made again
 * @param basePath where it was
 * @param certain leases up to this token were granted before it was left
 * @param until of leases above {@code certain} and up to this token nobody knows: they were granted
 *     while the change was being committed, on this base path or on the next one
 */
public record LeftPath(DatastoreName datastore, Path basePath, long certain, long until) {

  public LeftPath {
    if (certain < 0 || until < certain || until >= FencingToken.BOUND) {
      throw new IllegalArgumentException(
          "the tokens of a left path are 0 to 2^53-1 and in order, not %d and %d"
              .formatted(certain, until));
    }
  }

  /** As {@link PromiseBook#grounds}, of paths in the order in which they were left. */
  static ImmutableList<Optional<Path>> grounds(
      List<LeftPath> all, DatastoreName datastore, FencingToken token) {
    ImmutableSet.Builder<Optional<Path>> grounds = ImmutableSet.builder();
    for (LeftPath one : all) {
      if (one.datastore.equals(datastore) && token.value() <= one.until) {
        grounds.add(Optional.of(one.basePath));
        if (token.value() <= one.certain) {
          return grounds.build().asList();
        }
      }
    }
    return grounds.add(Optional.empty()).build().asList();
  }
}
