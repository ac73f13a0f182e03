package io.datastored.history;

import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.config.NameMap;
import io.datastored.file.Digest;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The accepted state is the one place in which a change is committed: which configuration is
 * accepted, at which generation, and which generation each datastore has. Immutable.
 *
 * @param revision the point in history
 * @param configFile the configuration file that this history is about; empty in memory
 * @param text the accepted configuration file
 * @param floor removals at or below this generation are forgotten
 * @param datastores what is accepted of each datastore
 * @param removed the generation in which each name was removed, above the floor, oldest first
 */
public record AcceptedState(
    Revision revision,
    Optional<Path> configFile,
    AcceptedText text,
    Generation floor,
    NameMap<AcceptedDatastore> datastores,
    ImmutableMap<DatastoreName, Generation> removed) {

  /** The state before anything has been accepted. */
  public static AcceptedState empty(Incarnation incarnation, Optional<Path> configFile) {
    return new AcceptedState(
        new Revision(incarnation, Generation.NONE),
        configFile,
        AcceptedText.of(Digest.EMPTY, new byte[0]),
        Generation.NONE,
        NameMap.of(),
        ImmutableMap.of());
  }

  /** The same state when the configuration file has another text. */
  public AcceptedState of(AcceptedText other) {
    return new AcceptedState(revision, configFile, other, floor, datastores, removed);
  }

  /** The same state when its configuration file is known by another path. */
  public AcceptedState about(Path other) {
    return new AcceptedState(revision, Optional.of(other), text, floor, datastores, removed);
  }

  /**
   * The state with which another history goes on from here.
   *
   * @param seen the highest generation of the earlier history that anybody may have seen: none is
   *     given away twice, though generations of two histories are never compared
   */
  public AcceptedState in(Incarnation other, Generation seen) {
    Generation from = seen.isAfter(generation()) ? seen : generation();
    return new AcceptedState(
        new Revision(other, from), configFile, text, from, datastores, ImmutableMap.of());
  }

  /** Of the accepted configuration file. */
  public Digest digest() {
    return text.digest();
  }

  /** The generation of {@link #revision()}. */
  public Generation generation() {
    return revision.generation();
  }
}
