package io.datastored.cli.command;

import com.google.protobuf.util.Durations;
import io.datastored.cli.view.ErrorMessage;
import io.datastored.cli.view.ServerAddress;
import io.datastored.cli.view.ServerError;
import io.datastored.client.ClientListener;
import io.datastored.client.ClientMetrics;
import io.datastored.client.DatastoredClient;
import io.datastored.client.DatastoredException;
import io.datastored.client.Handle;
import io.datastored.client.LeaseLost;
import io.datastored.client.LookupOptions;
import io.datastored.client.Operation;
import io.datastored.client.SessionOpened;
import io.datastored.v1.Datastore;
import io.datastored.v1.Lease;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.Revision;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A command lease is the lease of one command, kept by a client of its own until it is released or
 * lost. Confined to the command's thread; each report of the client is one volatile field.
 */
final class CommandLease {

  /** Interval between checks whether a server answers at that address. */
  private static final Duration LOOK = Duration.ofMillis(50);

  private final ServerAddress server;
  private final DatastoredClient client;
  private final Handle handle;
  private final Operation operation;
  private final News news;

  private CommandLease(
      ServerAddress server,
      DatastoredClient client,
      Handle handle,
      Operation operation,
      News news) {
    this.server = server;
    this.client = client;
    this.handle = handle;
    this.operation = operation;
    this.news = news;
  }

  /**
   * Takes a lease.
   *
   * @param options how a client reaches that server, and the ttl
   * @throws DatastoredException if the server refuses, or does not answer in time
   */
  static CommandLease take(
      ServerAddress server,
      io.datastored.client.ClientOptions.Builder options,
      String datastore,
      Operation operation,
      String purpose)
      throws InterruptedException {
    var news = new News();
    DatastoredClient client = DatastoredClient.create(options.metrics(news).build());
    client.addListener(news);
    CompletableFuture<Handle> answer =
        client
            .start()
            .lookupAsync(datastore, operation, LookupOptions.DEFAULT.withPurpose(purpose));
    boolean taken = false;
    try {
      var lease = new CommandLease(server, client, await(answer, client, news), operation, news);
      taken = true;
      return lease;
    } finally {
      if (!taken) {
        client.close();
      }
    }
  }

  private static Handle await(CompletableFuture<Handle> answer, DatastoredClient client, News news)
      throws InterruptedException {
    while (true) {
      try {
        return answer.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof DatastoredException refused
            ? refused
            : new IllegalStateException(e.getCause());
      } catch (TimeoutException e) {
        // The client would wait for a server; but an address that has never answered is more likely
        // wrong than temporarily down.
        Optional<DatastoredException> trouble =
            client.trouble().filter(why -> ServerError.of(why).isUnreachable());
        if (news.opened == null && trouble.isPresent()) {
          throw trouble.get();
        }
      }
    }
  }

  Handle handle() {
    return handle;
  }

  /** Queries the datastore again; {@link #answer} includes the result once it arrives. */
  void askAgain() {
    CompletableFuture<Void> unused =
        client
            .lookupAsync(handle.datastore().getName(), Operation.LOOKUP, LookupOptions.DEFAULT)
            .thenAccept(found -> news.seen = new Seen(found.datastore(), found.revision()));
  }

  /** The grant, with the datastore as the server last reported it. */
  LookupResponse answer() {
    LookupResponse.Builder answer =
        LookupResponse.newBuilder()
            .setDatastore(handle.datastore())
            .setRevision(handle.revision())
            .setLease(
                Lease.newBuilder()
                    .setLeaseId(handle.leaseId().orElseThrow())
                    .setDatastore(handle.datastore().getName())
                    .setOperation(
                        io.datastored.v1.Operation.valueOf("OPERATION_" + operation.name()))
                    .setFencingToken(handle.fencingToken().orElseThrow())
                    .setTtl(Durations.fromNanos(ttl().toNanos())));
    Seen seen = news.seen;
    return seen == null
        ? answer.build()
        : answer.setDatastore(seen.datastore).setRevision(seen.revision).build();
  }

  /** The ttl that the server granted. */
  Duration ttl() {
    SessionOpened opened = news.opened;
    return opened == null ? Duration.ZERO : opened.ttl();
  }

  /**
   * How long it is still promised if the server does not answer again, by both clocks; zero if it
   * is lost. Call it before {@link #lost}: otherwise a loss in between would look like one without
   * a reason.
   */
  Duration left() {
    return handle.validFor();
  }

  /** Why it is lost, if the server or the client has reported a loss. */
  Optional<LeaseLost> lost() {
    if (handle.alive()) {
      return Optional.empty();
    }
    // For a known loss, the callback runs at once, on this thread.
    handle.onLost(lost -> news.lost = lost);
    return Optional.ofNullable(news.lost);
  }

  /** Why it is not renewed, in a sentence; empty if no trouble is known. */
  Optional<String> trouble() {
    return client.trouble().map(why -> ErrorMessage.of(server, why).sentence());
  }

  /** How often it was continued after a restart of the server. */
  int reclaims() {
    return news.reclaims;
  }

  /** Releases it and closes the session; true if the server has confirmed. */
  boolean end() {
    handle.close();
    client.close();
    return client.trouble().isEmpty();
  }

  /** The datastore as last reported. */
  private record Seen(Datastore datastore, Revision revision) {}

  /** The reports of the client. Thread-safe: each field is written by one thread at a time. */
  private static final class News implements ClientListener, ClientMetrics {
    private volatile @Nullable SessionOpened opened;
    private volatile @Nullable LeaseLost lost;
    private volatile @Nullable Seen seen;
    private volatile int reclaims;

    @Override
    public void onSession(SessionOpened session) {
      opened = session;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // called only on the client's loop
    public void reclaim(ReclaimResult result) {
      if (result == ReclaimResult.CONTINUED) {
        reclaims++;
      }
    }
  }
}
