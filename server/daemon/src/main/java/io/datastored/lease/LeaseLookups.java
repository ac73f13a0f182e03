package io.datastored.lease;

import static com.google.common.collect.ImmutableList.toImmutableList;

import com.google.common.collect.ImmutableList;
import io.datastored.engine.Engine;
import io.datastored.engine.Handle;
import io.datastored.engine.Lookup;
import io.datastored.engine.Refused;
import io.datastored.operation.Blocking;
import io.datastored.promise.PromiseBook;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lease lookups count the operation of a lease, on each base path that it may be on. Thread-safe:
 * immutable.
 *
 * @param book has the base paths that datastores have left
 */
record LeaseLookups(Engine engine, PromiseBook book) {

  /** Counts the operation of a new lease; empty if memory does not suffice. */
  ImmutableList<Lookup> first(LeaseRequest ask, Blocking blocking) {
    return blocking == Blocking.FORBIDDEN
        ? engine
            .lookupNow(ask.datastore(), ask.operation())
            .map(ImmutableList::of)
            .orElse(ImmutableList.of())
        : ImmutableList.of(permitted(ask));
  }

  /**
   * Counts the operation of a lease that is continued: on the base path that it is proven to be on,
   * or on every one that it may be on. May touch the disk.
   *
   * @param proven as in {@link LeaseProofs#ground}
   */
  ImmutableList<Lookup> again(LeaseRequest ask, Optional<Optional<Path>> proven) {
    return proven.isPresent()
        ? ImmutableList.of(resumed(proven.get(), ask))
        : unproven(ask, permitted(ask));
  }

  /** The refusal that a lease would get that is continued without a proof. May touch the disk. */
  Optional<Refused> refusal(LeaseRequest ask) {
    Lookup asked = permitted(ask);
    if (asked instanceof Refused refused) {
      return Optional.of(refused);
    }
    ((Handle) asked).close();
    return Optional.empty();
  }

  private Lookup permitted(LeaseRequest ask) {
    return engine.lookup(ask.datastore(), ask.operation());
  }

  /**
   * Anybody can claim a lease, and clients of earlier versions have no proof. So a claim gets what
   * a new lease would get, and no more: the mode is asked. It is also counted on every base path
   * that the datastore has left since.
   */
  private ImmutableList<Lookup> unproven(LeaseRequest ask, Lookup permitted) {
    if (permitted instanceof Refused) {
      return ImmutableList.of(permitted);
    }
    return Stream.concat(
            Stream.of(permitted),
            book.grounds(ask.datastore(), ask.held().orElseThrow()).stream()
                .filter(Optional::isPresent)
                .map(ground -> resumed(ground, ask)))
        .collect(toImmutableList());
  }

  private Lookup resumed(Optional<Path> ground, LeaseRequest ask) {
    return ground.isPresent()
        ? engine.resumeOn(ground.get(), ask.datastore(), ask.operation())
        : engine.resume(ask.datastore(), ask.operation());
  }
}
