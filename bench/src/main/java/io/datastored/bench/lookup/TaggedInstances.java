package io.datastored.bench.lookup;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigSection;
import io.datastored.operation.Operation;
import java.io.IOException;

/**
 * The first version of the original's cache: each instance is tagged with the generation that it
 * was made at, and used without reading the file while that is the current one. Whether a last
 * release evicts is decided at the lookup. Thread-safe.
 */
final class TaggedInstances implements LookupArm {

  private final UpstreamParts parts;
  private final VersionPage versions;

  TaggedInstances(UpstreamParts parts) throws IOException {
    this.parts = parts;
    this.versions = new VersionPage(parts.site().versions());
  }

  @SuppressWarnings("try") // held, not used
  @Override
  public Begun begin(DatastoreName name, Operation operation) throws IOException {
    boolean evicts;
    try (ExclusiveLock.Held unused = parts.lockConfig()) {
      // Before the file is read, so that what is read is never older than its tag.
      Long generation = versions.generation();
      Instance known = parts.instances().get(name);
      ConfigSection section;
      if (known != null && known.version().equals(generation)) {
        section = known.section();
        parts.check(section, operation);
      } else {
        section = Config.read(parts.site().config()).section(name);
        parts.check(section, operation);
        Instance unusedInstance = parts.instances().of(section, generation);
      }
      evicts = section.maintenance().mode().evicts();
      parts.enter(name, operation);
    }
    return () -> end(name, operation, evicts);
  }

  private void end(DatastoreName name, Operation operation, boolean evicts) throws IOException {
    if (parts.exit(name, operation) && evicts) {
      parts.instances().evict(name);
    }
  }

  @Override
  public void close() throws IOException {
    parts.close();
  }
}
