package io.datastored.bench.lookup;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigSection;
import io.datastored.operation.Operation;
import java.io.IOException;

/**
 * The original without a cache: every lookup and every last release reads, hashes and parses the
 * whole file. Thread-safe.
 */
final class ParseEachTime implements LookupArm {

  private final UpstreamParts parts;

  ParseEachTime(UpstreamParts parts) {
    this.parts = parts;
  }

  @SuppressWarnings("try") // Held, not used.
  @Override
  public Begun begin(DatastoreName name, Operation operation) throws IOException {
    try (ExclusiveLock.Held unused = parts.lockConfig()) {
      Config config = Config.read(parts.site().config());
      ConfigSection section = config.section(name);
      parts.check(section, operation);
      Instance unusedInstance = parts.instances().of(section, config.digest());
      parts.enter(name, operation);
    }
    return () -> end(name, operation);
  }

  /**
   * Ends an operation by the present mode, not that of the lookup; the file is read without the
   * lock.
   */
  private void end(DatastoreName name, Operation operation) throws IOException {
    if (parts.exit(name, operation) && Config.read(parts.site().config()).evicts(name)) {
      parts.instances().evict(name);
    }
  }

  @Override
  public void close() throws IOException {
    parts.close();
  }
}
