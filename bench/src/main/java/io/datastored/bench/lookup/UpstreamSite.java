package io.datastored.bench.lookup;

import io.datastored.config.document.ConfigSection;
import java.nio.file.Path;

/**
 * An upstream site is where the original would have its files. Immutable.
 *
 * @param config the configuration
 * @param configLock what every lookup and every save lock
 * @param tracking the directory with two files for each datastore
 * @param versions the page with the generation of the configuration
 * @param mounts in which removable datastores are mounted under their names
 */
record UpstreamSite(Path config, Path configLock, Path tracking, Path versions, Path mounts) {

  /** With its files in one directory, which decides how fast they are. */
  static UpstreamSite in(Path directory, Path config, Path mounts) {
    return new UpstreamSite(
        config,
        directory.resolve(".datastore.lck"),
        directory.resolve("active-operations"),
        directory.resolve("config-versions"),
        mounts);
  }

  /** The base directory of a datastore; a removable one's path is relative to its device. */
  Path base(ConfigSection section) {
    return mounts.resolve(section.name().value()).resolve(section.settings().path());
  }
}
