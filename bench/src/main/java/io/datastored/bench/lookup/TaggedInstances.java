package io.datastored.bench.lookup;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigSection;
import io.datastored.operation.Operation;
import java.io.IOException;

/**
 * The first version of the original's cache: each instance is tagged with the generation at which
 * it was created, and used without reading the file while this generation is current. Thread-safe.
 * Whether the last release evicts an instance is decided at the lookup.
 */
final class TaggedInstances implements LookupArm {

  private final UpstreamParts parts;
  private final VersionPage versions;

  TaggedInstances(UpstreamParts parts) throws IOException {
    this.parts = parts;
    this.versions = new VersionPage(parts.site().versions());
  }

  @SuppressWarnings("try") // Held, not used.
  @Override
  public Begun begin(DatastoreName name, Operation operation) throws IOException {
    boolean evicts;
    try (ExclusiveLock.Held unused = parts.lockConfig()) {
      // Read before the file, so that the instance is never older than its tag.
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
