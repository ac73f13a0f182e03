package io.datastored.service.call;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.config.DatastoreName;
import io.datastored.history.Generation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Authors records which callers made the last changes of datastores through this server.
 * Thread-safe under its own lock, and bounded.
 */
public final class Authors {
  private static final int KEPT = 200;

  @GuardedBy("this")
  private final Map<Key, String> known =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, String> eldest) {
          return size() > KEPT;
        }
      };

  private record Key(DatastoreName name, Generation generation) {}

  synchronized void made(DatastoreName name, Generation generation, String who) {
    known.put(new Key(name, generation), who);
  }

  /** Who made a datastore what it has been since a generation; empty if that was no call. */
  public synchronized Optional<String> of(DatastoreName name, Generation generation) {
    return Optional.ofNullable(known.get(new Key(name, generation)));
  }
}
