package io.datastored.service.page;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.datastored.lease.Holder;
import io.datastored.lease.LiveSession;
import io.datastored.lease.LiveSessions;
import io.datastored.lease.Session;
import io.datastored.lease.ShownId;
import io.datastored.promise.Work;
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
record People(LiveSessions sessions, OpenWatches watches) {
  private static final int MOST = 20;

  /** The text of an object. */
  String json(Instant now) {
    var behindSessions = new JsonArray();
    sessions
        .list(session -> true, Optional.empty(), MOST)
        .forEach(live -> behindSessions.add(session(live, now)));
    var behindWatchers = new JsonArray();
    watches.slowest(MOST).forEach(watch -> behindWatchers.add(watcher(watch, now)));
    var json = new JsonObject();
    json.add("sessions", behindSessions);
    json.add("watchers", behindWatchers);
    return json.toString();
  }

  private static JsonObject session(LiveSession live, Instant now) {
    Session session = live.session();
    var json = new JsonObject();
    json.addProperty("id", ShownId.of(session.id().value()));
    json.addProperty("who", who(session.holder()));
    json.addProperty("principal", session.holder().principal().text());
    json.addProperty("leases", live.leases());
    json.addProperty("caches", session.caches());
    json.addProperty("heard", before(now, live.idle()));
    behind(live.lag(), now, json);
    session.applied().ifPresent(done -> json.addProperty("applied", done.generation().value()));
    return json;
  }

  private static JsonObject watcher(OpenWatch watch, Instant now) {
    var json = new JsonObject();
    json.addProperty("peer", watch.origin().peer().map(Caller::text).orElse(""));
    json.addProperty("principal", watch.origin().caller().principal().text());
    watch.origin().session().ifPresent(id -> json.addProperty("session", ShownId.of(id.value())));
    watch.told().ifPresent(told -> json.addProperty("sent", told.generation().value()));
    behind(watch.lag(), now, json);
    return json;
  }

  private static void behind(Duration lag, Instant now, JsonObject json) {
    if (!lag.isZero()) {
      json.addProperty("behind", before(now, lag));
    }
  }

  static long before(Instant now, Duration age) {
    return now.minus(age).getEpochSecond() * 1000;
  }

  /** {@code backup}, as the client of another server says there. */
  static String who(Work.Item item) {
    return item.program().isEmpty() ? "unnamed client" : item.program();
  }

  /** {@code backup on host7, pid 4711}, as the client says. */
  static String who(Holder holder) {
    String client = holder.client().isEmpty() ? "unnamed client" : holder.client();
    return client
        + (holder.host().isEmpty() ? "" : " on " + holder.host())
        + (holder.pid() == 0 ? "" : ", pid " + holder.pid());
  }
}
