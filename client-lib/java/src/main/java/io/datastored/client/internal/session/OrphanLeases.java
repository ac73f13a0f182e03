package io.datastored.client.internal.session;

import io.datastored.client.ClientTimes;
import io.datastored.client.internal.loop.Counters;
import io.datastored.client.internal.transport.Call;
import io.datastored.client.internal.transport.ServerChannel;
import io.datastored.v1.HeldLease;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.SessionServiceGrpc;

/**
 * Orphan leases are leases that the server counts and this client does not know. A Lookup that is
 * delayed until after its Release creates one. Confined to the loop.
 */
public final class OrphanLeases implements SessionObserver {

  private final ServerChannel channel;
  private final SessionLoop session;
  private final LeaseBook book;
  private final Counters counters;
  private final ClientTimes times;
  private boolean countedTooMany;

  public OrphanLeases(
      ServerChannel channel,
      SessionLoop session,
      LeaseBook book,
      Counters counters,
      ClientTimes times) {
    this.channel = channel;
    this.session = session;
    this.book = book;
    this.counters = counters;
    this.times = times;
  }

  @Override
  public void onCounted(long leases) {
    boolean tooMany = leases > book.known();
    // Twice in a row: the first time may be a Release that was answered after this count was taken.
    if (tooMany && countedTooMany) {
      countedTooMany = false;
      list(session.sessionId(), "");
    } else {
      countedTooMany = tooMany;
    }
  }

  private void list(String sessionId, String page) {
    Call unused =
        channel.call(
            SessionServiceGrpc.getListLeasesMethod(),
            ListLeasesRequest.newBuilder().setSessionId(sessionId).setPageToken(page).build(),
            times.callDeadline(),
            (answer, sentAt) -> {
              for (HeldLease held : answer.getLeasesList()) {
                String id = held.getLease().getLeaseId();
                if (!book.knows(id)) {
                  counters.strays.increment();
                  book.drop(id);
                }
              }
              if (!answer.getNextPageToken().isEmpty()) {
                list(sessionId, answer.getNextPageToken());
              }
            },
            failure -> {
              // The next renewals report the count again.
            });
  }
}
