package io.datastored.etcd.life;

import io.datastored.config.DatastoreName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Floors are what is known of the floors of all datastores. Thread-safe: one concurrent map of
 * immutable entries; of two entries the later one stays.
 */
final class Floors {

  private static final Logger log = LoggerFactory.getLogger(Floors.class);

  private final Map<DatastoreName, Known> known = new ConcurrentHashMap<>();

  /**
   * A floor with the revision of its last write.
   *
   * @param modified 0: there is no floor
   */
  record Known(Floor floor, long modified) {

    static final Known NOTHING = new Known(Floor.NONE, 0);

    /**
     * Reads what etcd has. A damaged floor is above all tokens: nothing is continued.
     *
     * @param key for the log
     */
    static Known of(String key, String text, long modified) {
      try {
        return new Known(Floor.read(text), modified);
      } catch (IllegalArgumentException e) {
        log.atError()
            .addKeyValue("key", key)
            .log(
                "a floor of fencing tokens cannot be read ({}): no lease is granted or continued on"
                    + " its datastore; put the last value back, or one with higher tokens",
                e.getMessage());
        return new Known(new Floor(Long.MAX_VALUE, Long.MAX_VALUE, Floor.NONE.sealed()), modified);
      }
    }
  }

  Known of(DatastoreName name) {
    return known.getOrDefault(name, Known.NOTHING);
  }

  /** Takes over what was found; false if that is known, or outdated. */
  boolean put(DatastoreName name, Known found) {
    boolean[] later = new boolean[1];
    known.compute(
        name,
        (same, before) -> {
          later[0] = before == null || before.modified < found.modified;
          return later[0] ? found : before;
        });
    return later[0];
  }

  /** Somebody has deleted a floor. */
  void remove(DatastoreName name) {
    known.remove(name);
  }

  /** What was found by a read at a revision is all there is. */
  void retain(Map<DatastoreName, Known> found, long revision) {
    known
        .entrySet()
        .removeIf(
            each -> !found.containsKey(each.getKey()) && each.getValue().modified <= revision);
  }
}
