package io.datastored.bench.lookup;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigSection;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Instances are the instances of one process, by datastore. Thread-safe: one lock for all. */
final class Instances implements AutoCloseable {

  private final UpstreamSite site;

  @GuardedBy("this")
  private final Map<DatastoreName, Instance> byName = new HashMap<>();

  Instances(UpstreamSite site) {
    this.site = site;
  }

  synchronized @Nullable Instance get(DatastoreName name) {
    return byName.get(name);
  }

  /**
   * The instance of this version; if there is none, a new one with the chunk store of the previous.
   */
  synchronized Instance of(ConfigSection section, Object version) throws IOException {
    Instance known = byName.get(section.name());
    if (known != null && known.version().equals(version)) {
      return known;
    }
    ChunkStore chunks = known == null ? ChunkStore.open(site.base(section)) : known.chunks();
    Instance made = Instance.of(chunks, version, section);
    byName.put(section.name(), made);
    return made;
  }

  synchronized void evict(DatastoreName name) throws IOException {
    Instance known = byName.remove(name);
    if (known != null) {
      known.chunks().close();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    for (Instance one : byName.values()) {
      one.chunks().close();
    }
    byName.clear();
  }
}
