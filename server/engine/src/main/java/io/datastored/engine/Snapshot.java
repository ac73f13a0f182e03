package io.datastored.engine;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.config.ConfigNotice;
import io.datastored.config.DatastoreName;
import io.datastored.config.Digest;
import io.datastored.generation.AcceptedState;
import io.datastored.generation.Generation;
import io.datastored.generation.Revision;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot is everything that is served at one generation. Immutable.
 *
 * <p>It carries the generation of its own content: it exists only for a configuration whose digest
 * is the accepted one.
 */
public final class Snapshot {

  private final long generation;
  private final AcceptedState state;
  private final Revision revision;
  private final ImmutableMap<DatastoreName, Datastore> datastores;
  private final NameTable table;
  private final SnapshotFaults faults;

  /**
   * @param datastores in the order of their names
   */
  Snapshot(
      AcceptedState state,
      ImmutableMap<DatastoreName, Datastore> datastores,
      SnapshotFaults faults) {
    this.generation = state.generation().value();
    this.state = state;
    this.revision = state.revision();
    this.datastores = datastores;
    this.table = NameTable.of(datastores.values());
    this.faults = faults;
  }

  /** The point in history. */
  public Revision revision() {
    return revision;
  }

  /** Of the configuration file that is served. */
  public Digest digest() {
    return state.digest();
  }

  /** The datastore of that name, if one is served. */
  public Optional<Datastore> find(DatastoreName name) {
    return Optional.ofNullable(table.get(name));
  }

  /** All datastores, sorted by name; access by index takes constant time. */
  public ImmutableList<Datastore> byName() {
    return datastores.values().asList();
  }

  /** What is wrong with the section of that name, whether or not something is served instead. */
  public Optional<DatastoreFault> fault(DatastoreName name) {
    return Optional.ofNullable(faults.bySection().get(name));
  }

  /** Faults of all sections with a name, by name. */
  public ImmutableMap<DatastoreName, DatastoreFault> sectionFaults() {
    return faults.bySection();
  }

  /** Faults that belong to no section. */
  public ImmutableList<DatastoreFault> fileFaults() {
    return faults.ofFile();
  }

  /** What is worth a look though it is no fault, such as properties of a later version. */
  public ImmutableList<ConfigNotice> notices() {
    return faults.notices();
  }

  /** Removals at or below this generation are forgotten. */
  public Generation floor() {
    return state.floor();
  }

  /** The generation in which each removed name was removed, above the floor, oldest first. */
  public ImmutableMap<DatastoreName, Generation> removed() {
    return state.removed();
  }

  long generation() {
    return generation;
  }

  @Nullable Datastore get(DatastoreName name) {
    return table.get(name);
  }

  AcceptedState state() {
    return state;
  }

  SnapshotFaults faults() {
    return faults;
  }

  @Override
  public String toString() {
    return "snapshot " + revision() + " of " + datastores.size() + " datastores";
  }
}
