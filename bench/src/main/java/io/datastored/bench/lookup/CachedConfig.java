package io.datastored.bench.lookup;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigSection;
import io.datastored.operation.Operation;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A cached config is the original with its cache as accepted: one parsed configuration per process
 * for all datastores, which is reread when the generation has changed. Thread-safe. Locks and
 * tracking files are used as before.
 */
final class CachedConfig implements LookupArm {

  /** The configuration, with the generation that was read before it. Immutable. */
  private record Cached(Config config, Long generation) {}

  private final UpstreamParts parts;
  private final VersionPage versions;

  @GuardedBy("this")
  private @Nullable Cached cached;

  CachedConfig(UpstreamParts parts) throws IOException {
    this.parts = parts;
    this.versions = new VersionPage(parts.site().versions());
  }

  @SuppressWarnings("try") // Held, not used.
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
