package io.datastored.service.page;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.access.Rights;
import io.datastored.access.Subject;
import io.datastored.access.Verb;
import io.datastored.drain.Drains;
import io.datastored.engine.Engine;
import io.datastored.engine.LiveProcesses;
import io.datastored.engine.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The page feed sends all open status pages of a server what has changed. Thread-safe under its own
 * lock. Whoever owns it calls {@link #tick} about once a second and {@link #record} every {@link
 * #RECORDED}; while no page is open, a tick does nothing.
 */
public final class PageFeed implements AutoCloseable {

  /** How often a point is added to the charts. */
  public static final Duration RECORDED = Minutes.STEP;

  /** Clients come and go all the time, and to order them all of them are looked at. */
  private static final int TICKS_BETWEEN_PEOPLE = 2;

  private final PageSources from;
  private final Minutes minutes;
  private final RecentChanges changes;
  private final Subscription subscription;

  @GuardedBy("this")
  private final Rows rows;

  @GuardedBy("this")
  private final Map<Rights, PageGroup> groups = new HashMap<>();

  @GuardedBy("this")
  private long ticks;

  @GuardedBy("this")
  private String people = "{}";

  @GuardedBy("this")
  private Optional<Point> news = Optional.empty();

  @GuardedBy("this")
  private boolean closed;

  public PageFeed(PageSources from) {
    this.from = from;
    Drains drains = from.rows().drains();
    this.minutes =
        new Minutes(
            engine(),
            drains,
            from.sessions(),
            from.watches(),
            from.calls(),
            from.clock(),
            from.ticker());
    this.changes = new RecentChanges(from.clock(), from.authors());
    this.rows = new Rows(from.rows(), changes);
    this.subscription = engine().addListener(changes);
  }

  private Engine engine() {
    return from.rows().engine();
  }

  /** Adds a point to the charts. */
  public void record() {
    Point point = minutes.add();
    synchronized (this) {
      news = Optional.of(point);
    }
  }

  /** Looks at the server and tells the open pages what has changed. */
  public void tick() {
    synchronized (this) {
      groups.values().removeIf(PageGroup::isLeft);
      if (groups.isEmpty()) {
        news = Optional.empty();
        return;
      }
    }
    // Not under the lock: it may read the run directory.
    LiveProcesses census = engine().census();
    synchronized (this) {
      Moment moment = moment(census);
      Rows.Difference difference = rows.look(moment.snapshot(), census);
      DrainPart drains = drains(moment);
      if (ticks++ % TICKS_BETWEEN_PEOPLE == 0) {
        people = new People(from.liveSessions(), from.watches()).json(moment.now());
      }
      Optional<Point> point = news;
      news = Optional.empty();
      for (PageGroup group : groups.values()) {
        ImmutableMap<String, String> parts = parts(group, moment, drains);
        // After the parts were made: what was made with other rights is not shown.
        if (group.hasItsRights()) {
          group.advance(moment, rows, parts, difference, point);
        }
      }
      notifyAll();
    }
  }

  private Moment moment(LiveProcesses census) {
    return new Moment(engine().snapshot(), census, from.clock().instant());
  }

  @GuardedBy("this")
  private DrainPart drains(Moment moment) {
    return DrainPart.of(rows.draining(), from.rows().drains(), moment.snapshot().revision());
  }

  /** What a class of rights sees besides the rows, each as JSON, by name. */
  @GuardedBy("this")
  private ImmutableMap<String, String> parts(PageGroup group, Moment moment, DrainPart drains) {
    Rights rights = group.rights();
    var server = ServerPart.of(moment.snapshot(), from.servers(), group.looker(), moment.now());
    List<Need> needs = new ArrayList<>(server.needs());
    rows.needy()
        .forEach(
            name -> {
              if (rights.allow(Verb.SEE, name)) {
                rows.row(name, rights.role(name), moment).needs().stream()
                    .filter(need -> need.holds(moment.now()))
                    .forEach(needs::add);
              }
            });
    var parts = ImmutableMap.<String, String>builder();
    parts.put("server", server.json());
    parts.put("needs", Need.json(needs));
    parts.put("drains", drains.json(rights, moment.now()));
    parts.put("changes", changes.json(rights));
    if (rights.allow(Verb.INSPECT)) {
      parts.put("people", people);
    }
    return parts.buildOrThrow();
  }

  /**
   * Opens a page.
   *
   * @param looker who looks; the page ends when what it may see changes
   * @param after the last version that a page which was cut off has seen; may be empty
   */
  public synchronized PageReader open(Subject looker, String after) {
    Rights rights = looker.rights();
    PageGroup group = groups.get(rights);
    if (group == null) {
      group = new PageGroup(UUID.randomUUID().toString(), rights, looker);
      Moment moment = moment(engine().census());
      if (groups.isEmpty()) {
        // With other pages open, each tick looks.
        rows.lookAtAll(moment.snapshot(), moment.census());
        people = new People(from.liveSessions(), from.watches()).json(moment.now());
      }
      group.begin(parts(group, moment, drains(moment)));
      groups.put(rights, group);
    }
    group.enter();
    return new PageReader(this, group, looker, group.version(after));
  }

  /**
   * Waits for what follows a version.
   *
   * @return empty if there is nothing new in time
   */
  synchronized Optional<PageGroup.Step> next(PageGroup group, long version, Duration patience)
      throws InterruptedException {
    long left = patience.toMillis();
    long end = from.ticker().read() + patience.toNanos();
    while (!hasEnded(group) && group.version() == version && left > 0) {
      wait(left);
      left = Duration.ofNanos(end - from.ticker().read()).toMillis();
    }
    if (hasEnded(group) || group.version() == version) {
      return Optional.empty();
    }
    return Optional.of(
        group
            .since(version)
            .orElseGet(() -> group.everything(rows, moment(engine().census()), points(group))));
  }

  private ImmutableList<Point> points(PageGroup group) {
    return group.rights().allow(Verb.INSPECT) ? minutes.points() : ImmutableList.of();
  }

  /** Ends every page: what it may see may have changed. It comes back with the rights of then. */
  public synchronized void onRulesChanged() {
    groups.values().forEach(PageGroup::end);
    groups.clear();
    notifyAll();
  }

  synchronized boolean hasEnded(PageGroup group) {
    return closed || !group.hasItsRights();
  }

  synchronized void left(PageGroup group) {
    group.leave();
  }

  /** Wakes every page, which ends. Idempotent. */
  @Override
  public void close() {
    subscription.close();
    synchronized (this) {
      closed = true;
      notifyAll();
    }
  }
}
