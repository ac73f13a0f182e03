package io.datastored.service.page;

import io.datastored.lease.Holder;
import io.datastored.lease.LiveSession;
import io.datastored.lease.Session;
import io.datastored.lease.SessionTable;
import io.datastored.lease.ShownId;
import io.datastored.service.stream.OpenWatch;
import io.datastored.service.stream.OpenWatches;
import io.datastored.service.wire.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The people are the sessions and watchers that are furthest behind. Stateless. Ages are shown as
 * the moments they are counted from, to the second, so that what goes on as before stays the same.
 */
record People(SessionTable sessions, OpenWatches watches) {
  private static final int MOST = 20;

  /** The text of an object. */
  String json(Instant now) {
    return JsonText.object(
        json -> {
          json.name("sessions").beginArray();
          sessions
              .list(session -> true, Optional.empty(), MOST)
              .forEach(live -> session(live, now, json));
          json.endArray().name("watchers").beginArray();
          watches.slowest(MOST).forEach(watch -> watcher(watch, now, json));
          json.endArray();
        });
  }

  private static void session(LiveSession live, Instant now, JsonText json) {
    Session session = live.session();
    json.beginObject().name("id").value(ShownId.of(session.id().value()));
    json.name("who").value(who(session.holder()));
    json.name("principal").value(session.holder().principal().text());
    json.name("leases").value(live.leases());
    json.name("caches").value(session.caches());
    json.name("heard").value(before(now, live.idle()));
    behind(live.lag(), now, json);
    session.applied().ifPresent(done -> json.name("applied").value(done.generation().value()));
    json.endObject();
  }

  private static void watcher(OpenWatch watch, Instant now, JsonText json) {
    json.beginObject();
    json.name("peer").value(watch.origin().peer().map(Caller::text).orElse(""));
    json.name("principal").value(watch.origin().caller().principal().text());
    watch.origin().session().ifPresent(id -> json.name("session").value(ShownId.of(id.value())));
    watch.told().ifPresent(told -> json.name("sent").value(told.generation().value()));
    behind(watch.lag(), now, json);
    json.endObject();
  }

  private static void behind(Duration lag, Instant now, JsonText json) {
    if (!lag.isZero()) {
      json.name("behind").value(before(now, lag));
    }
  }

  static long before(Instant now, Duration age) {
    return now.minus(age).getEpochSecond() * 1000;
  }

  /** {@code backup on host7, pid 4711}, as the client says. */
  static String who(Holder holder) {
    String client = holder.client().isEmpty() ? "unnamed client" : holder.client();
    return client
        + (holder.host().isEmpty() ? "" : " on " + holder.host())
        + (holder.pid() == 0 ? "" : ", pid " + holder.pid());
  }
}
