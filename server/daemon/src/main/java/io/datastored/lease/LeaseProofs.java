package io.datastored.lease;

import io.datastored.engine.Engine;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.promise.Continuations;
import io.datastored.promise.FencingToken;
import io.datastored.promise.PromiseBook;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Lease proofs decide whether a request to continue a lease proves that it was granted.
 * Thread-safe: they only query other objects.
 */
final class LeaseProofs {

  private final Engine engine;
  private final PromiseBook book;

  LeaseProofs(Engine engine, PromiseBook book) {
    this.engine = engine;
    this.book = book;
  }

  /**
   * The base path on which the lease is proven to have been granted, as in {@link
   * PromiseBook#grounds}; empty without a proof.
   */
  Optional<Optional<Path>> ground(LeaseRequest ask) {
    if (ask.held().isEmpty() || ask.continuation().isEmpty()) {
      return Optional.empty();
    }
    LeaseId id = ask.id().orElseThrow();
    FencingToken token = ask.held().get();
    return book.grounds(ask.datastore(), token).stream()
        .filter(
            ground ->
                ground
                    .or(() -> engine.snapshot().find(ask.datastore()).map(Datastore::basePath))
                    .filter(
                        path ->
                            book.continuations()
                                .prove(ask.continuation(), granted(ask, id, token, path)))
                    .isPresent())
        .findFirst();
  }

  /** What the holder of a lease is given to prove it. */
  String of(LeaseRequest ask, LeaseId id, FencingToken token, Path basePath) {
    return book.continuations().of(granted(ask, id, token, basePath));
  }

  private static Continuations.Granted granted(
      LeaseRequest ask, LeaseId id, FencingToken token, Path basePath) {
    return new Continuations.Granted(
        id.value(),
        token,
        ask.datastore(),
        ask.operation(),
        basePath,
        ask.holder().principal().text());
  }
}
