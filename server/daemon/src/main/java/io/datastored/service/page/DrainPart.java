package io.datastored.service.page;

import com.google.common.collect.ImmutableList;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.datastored.access.Rights;
import io.datastored.access.Verb;
import io.datastored.drain.Blocker;
import io.datastored.drain.Drains;
import io.datastored.drain.Progress;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.history.Revision;
import io.datastored.lease.HeldLease;
import io.datastored.lease.LiveSession;
import io.datastored.operation.ProcessOperations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * The drain part is which datastores a mode is set for while something is in its way, and what that
 * is. Immutable. It is worked out once for all classes of rights.
 *
 * @param all the first of them, by name
 */
record DrainPart(ImmutableList<One> all) {
  private static final int MOST = 20;
  private static final int MOST_BLOCKERS = 10;

  /** One datastore and what is in the way of its mode. */
  private record One(Datastore datastore, Progress progress) {}

  static DrainPart of(List<Datastore> draining, Drains drains, Revision revision) {
    return new DrainPart(
        draining.stream()
            .limit(MOST)
            .map(datastore -> new One(datastore, drains.progress(datastore, revision)))
            .collect(ImmutableList.toImmutableList()));
  }

  /** The text of an array of what these rights may see. */
  String json(Rights rights, Instant now) {
    var json = new JsonArray();
    all.stream()
        .filter(one -> rights.allow(Verb.INSPECT, one.datastore().name()))
        .forEach(one -> json.add(json(one, now)));
    return json.toString();
  }

  private static JsonObject json(One one, Instant now) {
    var json = new JsonObject();
    json.addProperty("name", one.datastore().name().value());
    json.addProperty("mode", one.datastore().maintenance().word());
    one.datastore()
        .maintenance()
        .since()
        .ifPresent(since -> json.addProperty("since", since.toEpochMilli()));
    json.addProperty("waits", one.progress().inTheWay().waitsFor());
    one.progress()
        .blockers()
        .bound()
        .ifPresent(bound -> json.addProperty("until", after(now, bound)));
    var blockers = new JsonArray();
    one.progress().blockers().oldest().stream()
        .limit(MOST_BLOCKERS)
        .forEach(blocker -> blockers.add(json(blocker, now)));
    json.add("blockers", blockers);
    return json;
  }

  private static JsonObject json(Blocker blocker, Instant now) {
    var json = new JsonObject();
    if (blocker instanceof Blocker.OfLease of) {
      HeldLease held = of.lease();
      json.addProperty("kind", held.lease().operation().name().toLowerCase(Locale.ROOT));
      json.addProperty("who", People.who(held.lease().holder()));
      if (!held.lease().purpose().isEmpty()) {
        json.addProperty("purpose", held.lease().purpose());
      }
      json.addProperty("since", People.before(now, held.age()));
      json.addProperty("heard", People.before(now, held.idle()));
    } else if (blocker instanceof Blocker.OfSession of) {
      LiveSession session = of.session();
      json.addProperty("kind", "has not applied the mode");
      json.addProperty("who", People.who(session.session().holder()));
      json.addProperty("heard", People.before(now, session.idle()));
    } else if (blocker instanceof Blocker.OfProcess of) {
      ProcessOperations process = of.process();
      json.addProperty(
          "kind", "%d read, %d write".formatted(process.counts().read(), process.counts().write()));
      json.addProperty("who", "process %d (%s)".formatted(process.pid(), process.program()));
    } else if (blocker instanceof Blocker.OfReplica of) {
      json.addProperty("kind", of.replica().sentence());
      json.addProperty("who", "replica " + of.replica().replica());
    } else if (blocker instanceof Blocker.OfRemote of) {
      remote(json, of, now);
    } else if (blocker instanceof Blocker.OfUnseen of) {
      json.addProperty("kind", of.operations().detail());
      json.addProperty("who", of.operations().program());
    }
    return json;
  }

  /** How long a lease elsewhere has not been renewed is not known. */
  private static void remote(JsonObject json, Blocker.OfRemote remote, Instant now) {
    json.addProperty(
        "kind",
        remote
            .item()
            .operation()
            .map(operation -> operation.name().toLowerCase(Locale.ROOT))
            .orElse("has not applied the mode"));
    json.addProperty(
        "who", "%s at replica %s".formatted(People.who(remote.item()), remote.replica()));
    json.addProperty("since", People.before(now, remote.item().age()));
  }

  private static long after(Instant now, Duration time) {
    return now.plus(time).getEpochSecond() * 1000;
  }
}
