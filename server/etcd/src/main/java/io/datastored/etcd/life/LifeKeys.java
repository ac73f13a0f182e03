package io.datastored.etcd.life;

import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.history.Keys;
import io.datastored.promise.LifeId;
import java.util.Optional;
import java.util.Set;

/**
 * Life keys are the names of the keys of lives. Immutable.
 *
 * @param history that they belong to
 */
public record LifeKeys(Keys history) {

  /** The prefix of all keys of the history. */
  String prefix() {
    return history.prefix();
  }

  /** The prefix of the records. */
  String records() {
    return prefix() + "life/";
  }

  /** What a life has promised. It stays when the server dies. */
  String record(LifeId life) {
    return records() + life;
  }

  /** The prefix of the keys of presence. */
  String presences() {
    return prefix() + "here/";
  }

  /** There while etcd hears of the server. */
  String presence(LifeId life) {
    return presences() + life;
  }

  /** The prefix of the keys of work. */
  String allWork() {
    return prefix() + "work/";
  }

  /** The prefix of the keys of work on one datastore. */
  String allWork(DatastoreName name) {
    return allWork() + name + "/";
  }

  /** What a life counts on a datastore that its mode refuses. */
  String work(DatastoreName name, LifeId life) {
    return allWork(name) + life;
  }

  /** The prefix of the asks. */
  String allAsks() {
    return prefix() + "ask/";
  }

  /** The prefix of the asks for one datastore. */
  String allAsks(DatastoreName name) {
    return allAsks() + name + "/";
  }

  /** Somebody waits at a life for a drain of a datastore. */
  String ask(DatastoreName name, LifeId life) {
    return allAsks(name) + life;
  }

  /** The datastore that a key asks for; empty if the key is none. */
  Optional<DatastoreName> askedBy(String key) {
    int end = key.lastIndexOf('/');
    return key.startsWith(allAsks()) && end >= allAsks().length()
        ? DatastoreName.tryParse(key.substring(allAsks().length(), end))
        : Optional.empty();
  }

  /** All asks of a life, with their values. */
  ImmutableMap<String, String> asks(Set<DatastoreName> names, LifeId life) {
    return names.stream()
        .collect(ImmutableMap.toImmutableMap(name -> ask(name, life), name -> "\n"));
  }

  /** The lowest fencing token that nobody has reserved. */
  String tokens() {
    return history.tokens();
  }

  /** By which leases are proven. */
  String continuation() {
    return prefix() + "continuation";
  }

  /** The prefix of the floors. */
  String allFloors() {
    return prefix() + "floor/";
  }

  /** Which leases on a datastore are drained. */
  String floor(DatastoreName name) {
    return allFloors() + name;
  }

  /** The datastore whose floor a key holds; empty if the key is none. */
  Optional<DatastoreName> floorOf(String key) {
    return key.startsWith(allFloors())
        ? DatastoreName.tryParse(key.substring(allFloors().length()))
        : Optional.empty();
  }

  /** The head of the history. */
  String head() {
    return history.head();
  }

  /** A key that never exists: its deletion takes the way of a write, and leaves no trace. */
  String nothing() {
    return prefix() + "pulse";
  }

  /** The life whose record a key holds; empty if the key is none. */
  Optional<LifeId> lifeOfRecord(String key) {
    return lifeOf(key, records());
  }

  /** The life whose presence a key is; empty if the key is none. */
  Optional<LifeId> lifeOfPresence(String key) {
    return lifeOf(key, presences());
  }

  /** The life whose work on a datastore a key holds; empty if the key is none. */
  Optional<LifeId> lifeOfWork(DatastoreName name, String key) {
    return lifeOf(key, allWork(name));
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
    return history.toString();
  }
}
