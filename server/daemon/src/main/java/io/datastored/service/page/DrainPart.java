package io.datastored.service.page;

import com.google.common.collect.ImmutableList;
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
    return JsonText.array(
        json ->
            all.stream()
                .filter(one -> rights.allow(Verb.INSPECT, one.datastore().name()))
                .forEach(one -> write(one, now, json)));
  }

  private static void write(One one, Instant now, JsonText json) {
    json.beginObject().name("name").value(one.datastore().name().value());
    json.name("mode").value(one.datastore().maintenance().word());
    one.datastore()
        .maintenance()
        .since()
        .ifPresent(since -> json.name("since").value(since.toEpochMilli()));
    json.name("waits").value(one.progress().inTheWay().waitsFor());
    one.progress()
        .blockers()
        .bound()
        .ifPresent(bound -> json.name("until").value(after(now, bound)));
    json.name("blockers").beginArray();
    one.progress().blockers().oldest().stream()
        .limit(MOST_BLOCKERS)
        .forEach(blocker -> write(blocker, now, json));
    json.endArray().endObject();
  }

  private static void write(Blocker blocker, Instant now, JsonText json) {
    json.beginObject();
    if (blocker instanceof Blocker.OfLease of) {
      HeldLease held = of.lease();
      json.name("kind").value(held.lease().operation().name().toLowerCase(Locale.ROOT));
      json.name("who").value(People.who(held.lease().holder()));
      if (!held.lease().purpose().isEmpty()) {
        json.name("purpose").value(held.lease().purpose());
      }
      json.name("since").value(People.before(now, held.age()));
      json.name("heard").value(People.before(now, held.idle()));
    } else if (blocker instanceof Blocker.OfSession of) {
      LiveSession session = of.session();
      json.name("kind").value("has not applied the mode");
      json.name("who").value(People.who(session.session().holder()));
      json.name("heard").value(People.before(now, session.idle()));
    } else if (blocker instanceof Blocker.OfProcess of) {
      ProcessOperations process = of.process();
      json.name("kind")
          .value("%d read, %d write".formatted(process.counts().read(), process.counts().write()));
      json.name("who").value("process %d (%s)".formatted(process.pid(), process.program()));
    } else if (blocker instanceof Blocker.OfUnseen of) {
      json.name("kind").value(of.operations().detail());
      json.name("who").value(of.operations().program());
    }
    json.endObject();
  }

  private static long after(Instant now, Duration time) {
    return now.plus(time).getEpochSecond() * 1000;
  }
}
