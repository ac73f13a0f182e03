package io.datastored.etcd.client;

import com.google.common.collect.ImmutableList;
import io.datastored.etcd.proto.Kv;
import io.datastored.etcd.proto.Rpc;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the responses of a watch together to whole revisions. Confined to the stream.
 *
 * <p>It holds the events of one revision at most: one is whole when the next begins, or when a
 * response ends that is no fragment.
 */
final class WatchedRevisions {

  private final WatchListener listener;
  private final List<WatchEvent> events = new ArrayList<>();
  private long least;
  private boolean inFragments;

  /**
   * @param from the first revision that may come
   */
  WatchedRevisions(long from, WatchListener listener) {
    this.least = from;
    this.listener = listener;
  }

  /** A response that cannot follow what came before: something is lost, doubled or torn. */
  static final class OutOfOrderException extends Exception {

    private static final long serialVersionUID = 1L;

    OutOfOrderException(String message) {
      super(message);
    }
  }

  void take(Rpc.WatchResponse response) throws OutOfOrderException {
    if (response.getEventsCount() == 0) {
      if (inFragments) {
        throw new OutOfOrderException("no events between two fragments");
      }
      listener.progress(response.getHeader().getRevision());
      return;
    }
    for (Kv.Event event : response.getEventsList()) {
      add(event);
    }
    inFragments = response.getFragment();
    if (!inFragments) {
      deliver();
    }
  }

  // `least` is the revision of what is held, or what the next one must reach.
  private void add(Kv.Event event) throws OutOfOrderException {
    long revision = event.getKv().getModRevision();
    if (revision < least) {
      throw new OutOfOrderException("revision " + revision + " where " + least + " was expected");
    }
    if (revision > least) {
      deliver();
      least = revision;
    }
    events.add(WatchEvent.of(event));
  }

  private void deliver() {
    if (!events.isEmpty()) {
      ImmutableList<WatchEvent> whole = ImmutableList.copyOf(events);
      events.clear();
      listener.changed(least, whole);
      least++;
    }
  }
}
