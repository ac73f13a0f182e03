package io.datastored.history;

import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.config.NameMap;
import io.datastored.file.Digest;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The accepted state is what a commit replaces: the accepted configuration, its generation, and the
 * generation of each datastore. Immutable.
 *
 * @param revision the position in history
 * @param configFile the configuration file of this history; empty in memory
 * @param text the accepted configuration file
 * @param floor removals at or below this generation are forgotten
 * @param datastores the accepted datastores
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

  /** This state with another text of the configuration file. */
  public AcceptedState of(AcceptedText other) {
    return new AcceptedState(revision, configFile, other, floor, datastores, removed);
  }

  /** This state with another path of the configuration file. */
  public AcceptedState about(Path other) {
    return new AcceptedState(revision, Optional.of(other), text, floor, datastores, removed);
  }

  /**
   * The first state of another history that continues from this one.
   *
   * @param seen the highest generation of the earlier history that any process or client may have
   *     seen; no generation is assigned twice, though generations of different histories are never
   *     compared
   */
  public AcceptedState in(Incarnation other, Generation seen) {
    Generation from = seen.isAfter(generation()) ? seen : generation();
    return new AcceptedState(
        new Revision(other, from), configFile, text, from, datastores, ImmutableMap.of());
  }

  /** The digest of the accepted configuration file. */
  public Digest digest() {
    return text.digest();
  }

  /** The generation of {@link #revision()}. */
  public Generation generation() {
    return revision.generation();
  }
}
