package io.datastored.service.call;

import io.datastored.access.AuditEvent;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.drain.BlockerSummary;
import io.datastored.drain.Drains;
import io.datastored.drain.NeighbourManner;
import io.datastored.engine.ConsistentRead;
import io.datastored.engine.Engine;
import io.datastored.engine.Intent;
import io.datastored.engine.WriteOutcome;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.WriteOutcome.Rejected.Reason;
import io.datastored.engine.WriteOutcome.Removed;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.Etag;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.promise.Peers;
import io.datastored.service.call.AuditLog.Origin;
import io.datastored.service.wire.Refusal;
import io.datastored.service.wire.Refusals;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Removals remove sections from the configuration whose datastore is in mode DELETE and drained.
 * Thread-safe: immutable. They never touch a base directory.
 */
public final class Removals {
  /** What to do if the datastore does not exist. */
  enum Missing {
    REFUSED,
    ALLOWED
  }

  /**
   * A removal is the result of a request to remove a section. Immutable.
   *
   * @param revision the revision that removed it, or the current one
   * @param found what was in the way; empty if the datastore did not exist
   */
  record Removal(Revision revision, Optional<BlockerSummary> found) {

    /** Whether possible operations of another program were ignored. */
    boolean ignoredNeighbours() {
      return found.filter(inTheWay -> inTheWay.unseen().ignored()).isPresent();
    }
  }

  private final Engine engine;
  private final Drains drains;
  private final AuditLog audit;
  private final Refusals refusals;

  public Removals(Engine engine, Drains drains, AuditLog audit, Refusals refusals) {
    this.audit = audit;
    this.engine = engine;
    this.drains = drains;
    this.refusals = refusals;
  }

  /** Removes a section. */
  Removal remove(
      DatastoreName name,
      Optional<Etag> expected,
      Missing missing,
      NeighbourManner neighbours,
      Intent intent) {
    Check check = new Check(drains.beginLook(name), neighbours);
    WriteOutcome outcome = engine.delete(name, expected, check, intent);
    if (outcome instanceof Rejected rejected) {
      if (rejected.reason() == Reason.UNKNOWN_DATASTORE && missing == Missing.ALLOWED) {
        return new Removal(rejected.revision(), Optional.empty());
      }
      audit.rejected(AuditEvent.Kind.DATASTORE_REMOVED, rejected, Origin.current());
      throw refusal(rejected, check);
    }
    Removed removed = (Removed) outcome;
    if (intent.commits()) {
      Origin by = Origin.current();
      if (neighbours == NeighbourManner.IGNORE) {
        audit.neighboursIgnored(name, MaintenanceMode.DELETE.word(), removed.before(), by);
      }
      audit.removed(name, removed, by);
    }
    return new Removal(removed.revision(), Optional.ofNullable(check.found));
  }

  private Refusal refusal(Rejected rejected, Check check) {
    StoreException failure = check.failure;
    if (failure != null) {
      return refusals.notReady(failure.getMessage());
    }
    BlockerSummary found = check.found;
    return rejected.reason() == Reason.IN_USE && found != null
        ? refusals.inUse(rejected, found)
        : refusals.of(rejected);
  }

  /** The check that a datastore is drained, called by the engine. Confined to one removal. */
  private final class Check implements Function<ConsistentRead, Optional<String>> {
    private final Peers.Look elsewhere;
    private final NeighbourManner neighbours;
    private @Nullable BlockerSummary found;
    private @Nullable StoreException failure;

    Check(Peers.Look elsewhere, NeighbourManner neighbours) {
      this.elsewhere = elsewhere;
      this.neighbours = neighbours;
    }

    @Override
    public Optional<String> apply(ConsistentRead pass) {
      Datastore datastore = pass.datastore().orElseThrow();
      try {
        BlockerSummary seen = drains.ofRemoval(datastore, elsewhere, pass, neighbours);
        found = seen;
        if (!seen.nothing()) {
          return Optional.of(
              "datastore '%s' is not drained: %s".formatted(datastore.name(), seen.waitsFor()));
        }
      } catch (StoreException e) {
        failure = e;
        return Optional.of(e.getMessage());
      }
      return pass.steady() ? Optional.empty() : Optional.of("the configuration is changing: retry");
    }
  }
}
