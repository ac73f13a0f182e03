package io.datastored.bench.lookup;

import io.datastored.config.document.ConfigSection;
import java.nio.file.Path;

/**
 * An upstream site is the set of paths at which the original has its files. Immutable.
 *
 * @param config the configuration
 * @param configLock lock file that every lookup and every save lock
 * @param tracking directory with two files per datastore
 * @param versions page with the generation of the configuration
 * @param mounts directory in which removable datastores are mounted under their names
 */
record UpstreamSite(Path config, Path configLock, Path tracking, Path versions, Path mounts) {

  /** A site with its files in one directory, whose file system decides how fast they are. */
  static UpstreamSite in(Path directory, Path config, Path mounts) {
    return new UpstreamSite(
        config,
        directory.resolve(".datastore.lck"),
        directory.resolve("active-operations"),
        directory.resolve("config-versions"),
        mounts);
  }

  /**
   * The base directory of a datastore; the path of a removable datastore is relative to its mount
   * point.
   */
  Path base(ConfigSection section) {
    return mounts.resolve(section.name().value()).resolve(section.settings().path());
  }
}
