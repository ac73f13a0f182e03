package io.datastored.client.internal.lookup;

import io.datastored.client.Handle;
import io.datastored.client.LookupOptions;
import io.datastored.client.Operation;
import io.datastored.client.UnavailableException;
import io.datastored.client.internal.loop.RevisionOrder;
import io.datastored.client.internal.transport.Failure;
import io.datastored.v1.Revision;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A pending lookup is a lookup that could not be answered from memory. Thread-safe: its future is
 * completed once, either by the loop with an answer or by the caller when it gives up.
 */
public final class PendingLookup {

  private final String datastore;
  private final Operation operation;
  private final LookupOptions options;
  private final long requestedAt;
  private final long deadline;
  private final CompletableFuture<Handle> answer = new CompletableFuture<>();

  /** What was tried, for the message of a timeout. Confined to the loop. */
  private String tried = "no session yet";

  public PendingLookup(
      String datastore,
      Operation operation,
      LookupOptions options,
      long requestedAt,
      long deadline) {
    this.datastore = datastore;
    this.operation = operation;
    this.options = options;
    this.requestedAt = requestedAt;
    this.deadline = deadline;
  }

  String datastore() {
    return datastore;
  }

  Operation operation() {
    return operation;
  }

  LookupOptions options() {
    return options;
  }

  public long deadline() {
    return deadline;
  }

  public CompletableFuture<Handle> answer() {
    return answer;
  }

  boolean isDone() {
    return answer.isDone();
  }

  void tried(String what) {
    tried = what;
  }

  /** Whether an answer to a request sent at that time is recent enough. */
  boolean accepts(long sentAt) {
    return options.maxAge().isEmpty() || requestedAt - sentAt <= options.maxAge().get().toNanos();
  }

  /** Whether an answer at that revision is new enough. */
  boolean accepts(Revision revision) {
    Optional<Revision> least = options.atLeast();
    return least.isEmpty() || RevisionOrder.reaches(revision, least.get());
  }

  /** Passes the handle to the caller; closes it if the caller has given up. */
  void grant(Handle handle) {
    if (!answer.complete(handle)) {
      handle.close();
    }
  }

  public void fail(RuntimeException error) {
    answer.completeExceptionally(error);
  }

  /** Fails the lookup because its deadline has passed. */
  void timeOut(Optional<Failure> why) {
    String what =
        "no answer in time to lookup of '%s' for %s: %s".formatted(datastore, operation, tried);
    fail(
        why.map(
                failure ->
                    new UnavailableException(what + ": " + failure.text(), failure.toException()))
            .orElseGet(() -> new UnavailableException(what)));
  }
}
