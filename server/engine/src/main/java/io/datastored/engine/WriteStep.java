package io.datastored.engine;

import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.engine.snapshot.Successor;
import io.datastored.file.StoreException;
import io.datastored.history.Store;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A write step decides on the accepted state and commits the decision. Confined to the thread that
 * holds {@link Committer}'s gate and the store.
 */
final class WriteStep {

  /** Whether a write is to be committed. */
  enum Purpose {
    COMMIT,
    /** Only reports what would be committed. */
    PREVIEW
  }

  private final Store store;
  private final SnapshotPublisher publisher;
  private final Publication publication;

  WriteStep(Store store, SnapshotPublisher publisher, Publication publication) {
    this.store = store;
    this.publisher = publisher;
    this.publication = publication;
  }

  /**
   * Decides and commits.
   *
   * @param seen what the present snapshot was made from
   * @return empty if another process committed first
   */
  Optional<WriteOutcome> run(
      Write write, Purpose purpose, BooleanSupplier withdrawn, Store.Seen seen)
      throws StoreException {
    Snapshot before = publisher.current();
    Decision decision = write.decide(before, publisher.document());
    if (decision instanceof Decision.Answer answer) {
      return Optional.of(answer.outcome());
    }
    Decision.Change change = (Decision.Change) decision;
    Optional<String> inTheWay = change.guard().inTheWay(before);
    if (inTheWay.isPresent()) {
      return Optional.of(
          Write.rejected(Rejected.Reason.IN_USE, before, write.name(), inTheWay.get()));
    }
    Successor next = publisher.replacing(change.next(), change.notes());
    boolean news = !next.state().generation().equals(before.state().generation());
    if (purpose == Purpose.PREVIEW) {
      if (news) {
        store.requireWritable();
      }
      Snapshot preview = publisher.preview(next).after();
      return Optional.of(WriteOutcome.of(write.name(), before, preview, before.revision()));
    }
    Store.Outcome outcome =
        news ? publication.commit(seen, next, withdrawn) : Store.Outcome.COMMITTED;
    return switch (outcome) {
      case COMMITTED -> {
        Snapshot after = publisher.current();
        yield Optional.of(WriteOutcome.of(write.name(), before, after, after.revision()));
      }
      case OVERTAKEN -> Optional.empty();
      case WITHDRAWN -> Optional.of(cancelled(write));
    };
  }

  /** The outcome of a write whose caller has given up. */
  Rejected cancelled(Write write) {
    return Write.rejected(
        Rejected.Reason.CANCELLED,
        publisher.current(),
        write.name(),
        "the call was cancelled before its change was committed; nothing was changed");
  }
}
