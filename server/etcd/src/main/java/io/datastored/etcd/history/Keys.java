package io.datastored.etcd.history;

import io.datastored.config.DatastoreName;
import java.util.Optional;

/**
 * Keys are the names of one history's keys in etcd, all with one prefix. Immutable.
 *
 * @param prefix with a slash at its end
 */
public record Keys(String prefix) {

  /** The prefix of a history that needs no name. */
  public static final Keys DEFAULT = new Keys("/datastored/main/");

  private static final String DATASTORES = "ds/";
  private static final String GONE = "gone/";

  /** Checks the prefix. */
  public Keys {
    if (prefix.length() < 2 || !prefix.endsWith("/")) {
      throw new IllegalArgumentException("a prefix ends with '/' and is not empty: " + prefix);
    }
  }

  /** The key that every commit compares and replaces. */
  public String head() {
    return prefix + "head";
  }

  /** Which versions may read and write this history. */
  String schema() {
    return prefix + "schema";
  }

  /** Who writes a new history; deleted when it is written. */
  String draft() {
    return prefix + "new";
  }

  /** A decimal number: no fencing token at or above it has been given out. */
  public String tokens() {
    return prefix + "tokens";
  }

  /** What precedes the first section. */
  String preamble() {
    return prefix + "preamble";
  }

  /** The prefix of the keys of sections. */
  String datastores() {
    return prefix + DATASTORES;
  }

  /** The section of a datastore, with what was accepted of it. */
  String datastore(DatastoreName name) {
    return prefix + DATASTORES + name;
  }

  /** The prefix of the keys of removals. */
  String removals() {
    return prefix + GONE;
  }

  /** The generation in which a datastore was removed. */
  String removal(DatastoreName name) {
    return prefix + GONE + name;
  }

  /** The datastore whose section a key holds; empty if it is no such key. */
  Optional<DatastoreName> datastoreOf(String key) {
    return nameIn(key, datastores());
  }

  /** The datastore whose removal a key holds; empty if it is no such key. */
  Optional<DatastoreName> removalOf(String key) {
    return nameIn(key, removals());
  }

  private static Optional<DatastoreName> nameIn(String key, String before) {
    return key.startsWith(before)
        ? DatastoreName.tryParse(key.substring(before.length()))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "etcd " + prefix;
  }
}
