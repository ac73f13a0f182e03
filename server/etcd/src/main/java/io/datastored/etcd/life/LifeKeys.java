package io.datastored.etcd.life;

import io.datastored.promise.LifeId;
import java.util.Optional;

/**
 * Life keys are the names of the keys of lives. Immutable.
 *
 * @param prefix of the history that they belong to, with a slash at its end
 */
public record LifeKeys(String prefix) {

  /** Checks the prefix. */
  public LifeKeys {
    if (prefix.length() < 2 || !prefix.endsWith("/")) {
      throw new IllegalArgumentException("a prefix ends with '/' and is not empty: " + prefix);
    }
  }

  /** The prefix of the records. */
  String records() {
    return prefix + "life/";
  }

  /** What a life has promised. It stays when the server dies. */
  String record(LifeId life) {
    return records() + life;
  }

  /** The prefix of the keys of presence. */
  String presences() {
    return prefix + "here/";
  }

  /** There while etcd hears of the server. */
  String presence(LifeId life) {
    return presences() + life;
  }

  /** A key that never exists: its deletion takes the way of a write, and leaves no trace. */
  String nothing() {
    return prefix + "pulse";
  }

  /** The life whose record a key holds; empty if the key is none. */
  Optional<LifeId> lifeOfRecord(String key) {
    return lifeOf(key, records());
  }

  /** The life whose presence a key is; empty if the key is none. */
  Optional<LifeId> lifeOfPresence(String key) {
    return lifeOf(key, presences());
  }

  private static Optional<LifeId> lifeOf(String key, String before) {
    if (!key.startsWith(before)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new LifeId(key.substring(before.length())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "etcd " + prefix;
  }
}
