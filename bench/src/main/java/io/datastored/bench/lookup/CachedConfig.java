package io.datastored.bench.lookup;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigSection;
import io.datastored.operation.Operation;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The original's cache as it was accepted: one parsed configuration for the process and all
 * datastores, read again when the generation has moved. Locks and tracking files stay. Thread-safe.
 */
final class CachedConfig implements LookupArm {

  /** What was read, and the generation before that. Immutable. */
  private record Cached(Config config, Long generation) {}

  private final UpstreamParts parts;
  private final VersionPage versions;

  @GuardedBy("this")
  private @Nullable Cached cached;

  CachedConfig(UpstreamParts parts) throws IOException {
    this.parts = parts;
    this.versions = new VersionPage(parts.site().versions());
  }

  @SuppressWarnings("try") // held, not used
  @Override
  public Begun begin(DatastoreName name, Operation operation) throws IOException {
    try (ExclusiveLock.Held unused = parts.lockConfig()) {
      Cached current = current();
      ConfigSection section = current.config().section(name);
      parts.check(section, operation);
      Instance unusedInstance = parts.instances().of(section, current.generation());
      parts.enter(name, operation);
    }
    return () -> end(name, operation);
  }

  private void end(DatastoreName name, Operation operation) throws IOException {
    if (parts.exit(name, operation) && current().config().evicts(name)) {
      parts.instances().evict(name);
    }
  }

  private synchronized Cached current() throws IOException {
    Long generation = versions.generation();
    Cached known = cached;
    if (known == null || !known.generation().equals(generation)) {
      known = new Cached(Config.read(parts.site().config()), generation);
      cached = known;
    }
    return known;
  }

  @Override
  public void close() throws IOException {
    parts.close();
  }
}
