package io.datastored.engine.snapshot;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.config.NameMap;
import io.datastored.config.document.ConfigNotice;
import io.datastored.file.Digest;
import io.datastored.history.AcceptedState;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot is everything that is served at one generation. Immutable.
 *
 * <p>Its generation is that of its content: a snapshot exists only for a configuration whose digest
 * is the accepted one.
 */
public final class Snapshot {

  private final long generation;
  private final AcceptedState state;
  private final Revision revision;
  private final ImmutableList<Datastore> byName;
  private final NameTable table;
  private final LastGood.Served served;

  /**
   * @param datastores in the order of their names
   * @param served what they serve
   */
  public Snapshot(AcceptedState state, NameMap<Datastore> datastores, LastGood.Served served) {
    this.generation = state.generation().value();
    this.state = state;
    this.revision = state.revision();
    this.byName = datastores.values();
    this.table = NameTable.of(byName);
    this.served = served;
  }

  /** The revision of the accepted state. */
  public Revision revision() {
    return revision;
  }

  /** The digest of the configuration file that is served. */
  public Digest digest() {
    return state.digest();
  }

  /** The datastore of that name, if one is served. */
  public Optional<Datastore> find(DatastoreName name) {
    return Optional.ofNullable(table.get(name));
  }

  /** Whether a datastore is in the mode that was set in a revision. */
  public boolean isInMode(DatastoreName name, Revision since) {
    Datastore datastore = table.get(name);
    return datastore != null
        && since.sameHistory(revision)
        && since.generation().equals(datastore.maintenance().generation());
  }

  /** All datastores, sorted by name; access by index takes constant time. */
  public ImmutableList<Datastore> byName() {
    return byName;
  }

  /** The fault of the section of that name, whether or not something is served instead. */
  public Optional<DatastoreFault> fault(DatastoreName name) {
    return Optional.ofNullable(faults().bySection().get(name));
  }

  /** The faults of all sections with a name, by name. */
  public ImmutableMap<DatastoreName, DatastoreFault> sectionFaults() {
    return faults().bySection();
  }

  /** The faults that belong to no section. */
  public ImmutableList<DatastoreFault> fileFaults() {
    return faults().ofFile();
  }

  /** Notices that are not faults, such as properties of a later version. */
  public ImmutableList<ConfigNotice> notices() {
    return faults().notices();
  }

  /** Removals at or below this generation are forgotten. */
  public Generation floor() {
    return state.floor();
  }

  /** The generation in which each removed name was removed, above the floor, oldest first. */
  public ImmutableMap<DatastoreName, Generation> removed() {
    return state.removed();
  }

  public long generation() {
    return generation;
  }

  public @Nullable Datastore get(DatastoreName name) {
    return table.get(name);
  }

  public AcceptedState state() {
    return state;
  }

  public SnapshotFaults faults() {
    return served.faults();
  }

  public LastGood.Served served() {
    return served;
  }

  @Override
  public String toString() {
    return "snapshot " + revision() + " of " + byName.size() + " datastores";
  }
}
