package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.datastored.config.DatastoreName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A left path is a former base path of a datastore on which leases may be outstanding. Immutable.
 * Leases that an earlier server granted on it continue there, wherever the datastore is now.
 *
 * @param datastore the name; the section may have been removed and created again
 * @param basePath the former base path
 * @param certain leases up to this token were granted before the path was left
 * @param until leases above {@code certain} and up to this token were granted while the change was
 *     being committed; they may be on this base path or on the next one
 */
public record LeftPath(DatastoreName datastore, Path basePath, long certain, long until) {

  public LeftPath {
    if (certain < 0 || until < certain || until >= FencingToken.BOUND) {
      throw new IllegalArgumentException(
          "the tokens of a left path are 0 to 2^53-1 and in order, not %d and %d"
              .formatted(certain, until));
    }
  }

  /** Implements {@link PromiseBook#grounds} for paths in the order in which they were left. */
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
