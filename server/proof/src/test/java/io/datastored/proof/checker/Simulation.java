package io.datastored.proof.checker;

import io.datastored.proof.history.Event;
import io.datastored.proof.history.Kind;
import io.datastored.proof.history.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A simulation is a tiny server with two replicas, its clients and its operators, which keeps all
 * rules: its histories must please every checker. Time is a number, chance comes from a seed.
 * Confined to one thread.
 *
 * <p>Every call begins, takes effect and ends at three moments; answers get lost, processes get
 * killed, caches and replicas lag.
 */
final class Simulation {

  /** How old an answer from memory may be. */
  static final long BOUND = 2_000;

  private static final long TTL = 1_500;
  private static final int LONGEST_CALL = 100;
  private static final int LONGEST_LAG = 600;
  private static final long END = 12_000;

  private record Step(long at, long order, Runnable what) {}

  /** A datastore as it is at one generation. */
  private record Version(String mode, String content, long generation) {}

  /** What all datastores were at a moment. */
  private record Commit(long generation, Map<String, Version> datastores, String changed) {
    String digest() {
      return Integer.toHexString(datastores.hashCode());
    }

    String revision() {
      return "i:" + generation;
    }
  }

  private final SplittableRandom random;
  private final PriorityQueue<Step> steps =
      new PriorityQueue<>(Comparator.comparingLong(Step::at).thenComparingLong(Step::order));
  private final List<Event> events = new ArrayList<>();
  private final List<Commit> commits = new ArrayList<>();
  private final Map<String, Integer> held = new HashMap<>();
  private final Map<String, Long> tokens = new HashMap<>();
  private long nextBlock = 1_000;
  private long now = 1;
  private long ids;
  private boolean stopped;
  private boolean isResting;

  /** Operators and authors who may still write. */
  private int busy;

  private Simulation(SplittableRandom random) {
    this.random = random;
  }

  /** A history, in the order of time. */
  static List<Event> play(SplittableRandom random) {
    Simulation simulation = new Simulation(random);
    simulation.play();
    return Histories.sorted(simulation.events);
  }

  private void play() {
    Map<String, Version> first = new TreeMap<>();
    for (String name : List.of("a", "b")) {
      first.put(name, new Version("NONE", "", 1));
    }
    commits.add(new Commit(1, first, ""));
    for (String name : first.keySet()) {
      busy += 2;
      after(rest(), () -> new Operator(name).begin());
      after(rest(), () -> new Author("author-" + name, name).write());
    }
    for (int i = 0; i < 3; i++) {
      new Worker("worker" + i).start();
    }
    for (int i = 0; i < 2; i++) {
      new Cache("cache" + i).start();
      new Replica("r" + i).start();
    }
    after(END, () -> stopped = true);
    for (Step step = steps.poll(); step != null; step = steps.poll()) {
      now = Math.max(now + 1, step.at());
      step.what().run();
    }
    for (String name : first.keySet()) {
      add("driver", Kind.COUNTS, "datastore", name, "read", 0, "write", 0, "leases", 0, "last", 1);
    }
  }

  private void after(long delay, Runnable what) {
    steps.add(new Step(now + delay, ids++, what));
  }

  private void add(String who, Kind kind, Object... fields) {
    events.add(Event.of(now, who, kind, fields));
  }

  private long call() {
    return random.nextInt(1, LONGEST_CALL);
  }

  private long rest() {
    return random.nextInt(1, 500);
  }

  private boolean oneOf(int times) {
    return random.nextInt(times) == 0;
  }

  private String id(String who) {
    return who + "-" + ids++;
  }

  private Commit head() {
    return commits.get(commits.size() - 1);
  }

  private Version version(String datastore) {
    return head().datastores().get(datastore);
  }

  private long commit(String datastore, String mode, String content) {
    Version was = version(datastore);
    if (was.mode().equals(mode) && was.content().equals(content)) {
      return was.generation();
    }
    long generation = head().generation() + 1;
    Map<String, Version> all = new TreeMap<>(head().datastores());
    all.put(datastore, new Version(mode, content, generation));
    commits.add(new Commit(generation, all, datastore));
    return generation;
  }

  private long held(String datastore, String operation) {
    return held.getOrDefault(datastore + operation, 0);
  }

  private void count(String datastore, String operation, int difference) {
    held.merge(datastore + operation, difference, Integer::sum);
  }

  private long token(String replica) {
    long token = tokens.getOrDefault(replica, 0L);
    if (token % 1_000 == 0) {
      token = nextBlock;
      nextBlock += 1_000;
    }
    tokens.put(replica, token + 1);
    return token;
  }

  /** Sets modes of a datastore, drains it, and thinks better of it. */
  private final class Operator {
    private final String who;
    private final String datastore;

    Operator(String datastore) {
      this.who = "operator-" + datastore;
      this.datastore = datastore;
    }

    void begin() {
      set(oneOf(2) ? "READ_ONLY" : "OFFLINE", () -> after(rest(), this::drain));
    }

    private void end() {
      set(
          "NONE",
          () -> {
            if (stopped) {
              busy--;
            } else {
              after(rest(), this::begin);
            }
          });
    }

    private void set(String mode, Runnable then) {
      String id = id(who);
      add(who, Kind.WRITE_BEGIN, "id", id, "datastore", datastore, "mode", mode);
      after(
          call(),
          () -> {
            int fate = random.nextInt(12);
            if (fate > 1) {
              long generation = commit(datastore, mode, version(datastore).content());
              after(
                  call(),
                  () -> {
                    if (fate == 2) {
                      add(who, Kind.WRITE_UNKNOWN, "id", id);
                      after(call(), () -> set(mode, then));
                    } else {
                      add(who, Kind.WRITE_DONE, "id", id, "generation", generation);
                      then.run();
                    }
                  });
            } else {
              Kind kind = fate == 0 ? Kind.WRITE_REFUSED : Kind.WRITE_UNKNOWN;
              add(who, kind, "id", id, "reason", "R");
              after(call(), () -> set(mode, then));
            }
          });
    }

    private void drain() {
      String id = id(who);
      add(who, Kind.DRAIN_BEGIN, "id", id, "datastore", datastore);
      after(call(), () -> look(id, now + rest()));
    }

    private void look(String id, long patience) {
      String mode = version(datastore).mode();
      boolean idle =
          List.of("READ", "WRITE").stream()
              .noneMatch(
                  operation -> Span.refuses(mode, operation) && held(datastore, operation) > 0);
      if (idle) {
        // The seal: what is left of the blocks is below the floor.
        tokens.clear();
        after(
            call(),
            () -> {
              add(who, Kind.DRAINED, "id", id, "mode", mode);
              after(rest(), this::end);
            });
      } else if (now < patience || stopped) {
        after(20, () -> look(id, patience));
      } else {
        add(who, Kind.DRAIN_ENDED, "id", id, "state", "DRAINING");
        after(call(), this::drain);
      }
    }
  }

  /** Writes a content of its own again and again, and is killed in the middle of the last one. */
  private final class Author {
    private final String who;
    private final String datastore;

    Author(String who, String datastore) {
      this.who = who;
      this.datastore = datastore;
    }

    void write() {
      String id = id(who);
      add(who, Kind.WRITE_BEGIN, "id", id, "datastore", datastore, "content", id);
      boolean isLast = stopped || oneOf(20);
      after(
          call(),
          () -> {
            int fate = random.nextInt(10);
            long generation = fate > 1 ? commit(datastore, version(datastore).mode(), id) : 0;
            after(
                call(),
                () -> {
                  if (isLast) {
                    add("nemesis", Kind.KILL, "worker", who);
                    busy--;
                    return;
                  }
                  if (fate == 0) {
                    add(who, Kind.WRITE_REFUSED, "id", id, "reason", "R");
                  } else if (fate < 3) {
                    add(who, Kind.WRITE_UNKNOWN, "id", id);
                  } else {
                    add(who, Kind.WRITE_DONE, "id", id, "generation", generation);
                  }
                  after(rest(), this::write);
                });
          });
    }
  }

  /** Asks a replica for each operation, or embeds the engine. */
  private final class Worker {
    private final String who;
    private final boolean embeds = oneOf(3);
    private final boolean isKilled = oneOf(3);

    Worker(String who) {
      this.who = who;
    }

    void start() {
      after(rest(), this::ask);
    }

    private void ask() {
      if (stopped) {
        return;
      }
      String id = id(who);
      String datastore = oneOf(2) ? "a" : "b";
      String operation = oneOf(2) ? "READ" : "WRITE";
      String replica = embeds ? "" : "r" + random.nextInt(2);
      long asked = now;
      add(
          who,
          Kind.LOOKUP_BEGIN,
          "id",
          id,
          "datastore",
          datastore,
          "operation",
          operation,
          "current",
          1);
      after(
          call(),
          () -> {
            Version version = version(datastore);
            if (Span.refuses(version.mode(), operation)) {
              after(call(), () -> refused(id, version));
            } else {
              count(datastore, operation, 1);
              long token = embeds ? 0 : token(replica);
              Runnable free = () -> count(datastore, operation, -1);
              after(call(), () -> granted(id, version, replica, token, asked + TTL, free));
            }
          });
    }

    private void refused(String id, Version version) {
      add(
          who,
          Kind.REFUSED,
          "id",
          id,
          "reason",
          "UNDER_MAINTENANCE",
          "mode",
          version.mode(),
          "generation",
          version.generation());
      after(rest(), this::ask);
    }

    private void granted(
        String id, Version version, String replica, long token, long until, Runnable free) {
      List<Object> fields =
          new ArrayList<>(
              List.of(
                  "id",
                  id,
                  "mode",
                  version.mode(),
                  "content",
                  version.content(),
                  "generation",
                  version.generation()));
      if (!embeds) {
        fields.addAll(List.of("until", until, "token", token, "replica", replica));
      }
      add(who, Kind.GRANTED, fields.toArray());
      after(rest(), () -> use(id, until, free));
    }

    private void use(String id, long until, Runnable free) {
      add(who, Kind.USE, "id", id);
      if (isKilled && oneOf(10)) {
        add("nemesis", Kind.KILL, "worker", who);
        after(embeds ? 1 : Math.max(1, until - now + 1), free);
        return;
      }
      long longer = until;
      if (!embeds && oneOf(4)) {
        longer = now + TTL;
        add(who, Kind.UNTIL, "id", id, "until", longer);
      }
      long promised = longer;
      if (oneOf(2) && (embeds || promised - now > 700)) {
        after(rest(), () -> use(id, promised, free));
      } else {
        after(
            random.nextInt(1, 100),
            () -> {
              add(who, Kind.RELEASE_BEGIN, "id", id);
              after(call(), free);
              after(rest(), this::ask);
            });
      }
    }
  }

  /** A client with a near cache: a view that lags, answers from it, and handles. */
  private final class Cache {
    private final String who;
    private Commit view;

    Cache(String who) {
      this.who = who;
    }

    void start() {
      view = head();
      deliver("snapshot", 0);
      after(rest(), this::follow);
      after(rest(), this::answer);
      after(rest(), this::hold);
    }

    private void deliver(String frame, long generations) {
      add(
          who,
          Kind.DELIVERED,
          "revision",
          view.revision(),
          "frame",
          frame,
          "digest",
          view.digest(),
          "generations",
          generations);
    }

    private void follow() {
      boolean isOver = isOver();
      Commit before = view;
      view = head();
      long made = view.generation() - before.generation();
      boolean isCut = oneOf(10);
      deliver(isCut ? "snapshot" : made > 0 ? "change" : "bookmark", isCut ? 0 : made);
      view.datastores()
          .forEach(
              (name, version) -> {
                if (!version.equals(before.datastores().get(name))) {
                  seen(name, version);
                }
              });
      state(who, view);
      if (!isOver) {
        after(random.nextInt(1, LONGEST_LAG), this::follow);
      }
    }

    private void seen(String name, Version version) {
      add(
          who,
          Kind.SEEN,
          "datastore",
          name,
          "generation",
          version.generation(),
          "mode",
          version.mode(),
          "content",
          version.content(),
          "revision",
          view.revision());
    }

    private void answer() {
      if (stopped) {
        return;
      }
      String name = oneOf(2) ? "a" : "b";
      Version version = view.datastores().get(name);
      if (Span.refuses(version.mode(), "WRITE") && oneOf(2)) {
        fromMemory(Kind.HIT_REFUSED, name, "WRITE", "mode", version.mode());
      } else {
        fromMemory(Kind.HIT, name, "LOOKUP", "generation", version.generation());
      }
      after(random.nextInt(20, 200), this::answer);
    }

    private void fromMemory(Kind kind, String name, String operation, String field, Object value) {
      add(
          who,
          kind,
          "datastore",
          name,
          "operation",
          operation,
          field,
          value,
          "ended",
          now + random.nextInt(10));
    }

    /** A handle of a library, which is asked whether it is alive until the view has a mode. */
    private void hold() {
      String name = oneOf(2) ? "a" : "b";
      if (stopped || !version(name).mode().equals("NONE")) {
        if (!stopped) {
          after(rest(), this::hold);
        }
        return;
      }
      count(name, "WRITE", 1);
      String replica = "r" + random.nextInt(2);
      String id = id(who);
      events.add(
          Event.of(
              now - 1, who, Kind.LOOKUP_BEGIN, "id", id, "datastore", name, "operation", "WRITE"));
      add(
          who,
          Kind.GRANTED,
          "id",
          id,
          "token",
          token(replica),
          "replica",
          replica,
          "alive",
          1,
          "cached",
          1);
      after(rest(), () -> lookAt(id, name));
    }

    private void lookAt(String id, String name) {
      add(who, Kind.USE, "id", id, "ended", now + 1);
      if (stopped || oneOf(5) || Span.refuses(view.datastores().get(name).mode(), "WRITE")) {
        after(2, () -> add(who, oneOf(2) ? Kind.LOST : Kind.RELEASE_BEGIN, "id", id));
        after(call() + 5, () -> count(name, "WRITE", -1));
        after(rest() + 200, this::hold);
      } else {
        after(random.nextInt(5, 100), () -> lookAt(id, name));
      }
    }
  }

  /** Follows the history and answers late lookups from what it has. */
  private final class Replica {
    private final String who;
    private Commit view;

    Replica(String who) {
      this.who = who;
    }

    void start() {
      view = head();
      after(rest(), this::follow);
      after(rest(), this::answer);
    }

    private void follow() {
      view = head();
      boolean isOver = isOver();
      String lives = oneOf(2) ? "life-r0,life-r1" : "life-r1,life-r0";
      state(who, view, "life", "life-" + who, "lives", lives, "work", 0);
      if (!isOver) {
        after(random.nextInt(1, LONGEST_LAG), this::follow);
      }
    }

    private void answer() {
      if (stopped) {
        return;
      }
      String name = oneOf(2) ? "a" : "b";
      String asker = "asker-" + who;
      String id = id(asker);
      add(asker, Kind.LOOKUP_BEGIN, "id", id, "datastore", name, "operation", "LOOKUP");
      after(
          call(),
          () -> {
            Version version = view.datastores().get(name);
            after(
                call(),
                () -> {
                  add(
                      asker,
                      Kind.GRANTED,
                      "id",
                      id,
                      "mode",
                      version.mode(),
                      "content",
                      version.content(),
                      "generation",
                      version.generation(),
                      "replica",
                      who);
                  after(rest(), this::answer);
                });
          });
    }
  }

  /** Whether nobody writes any more; who sees it first says so. */
  private boolean isOver() {
    boolean isOver = stopped && busy == 0;
    if (isOver && !isResting) {
      isResting = true;
      add("nemesis", Kind.REST);
    }
    return isOver;
  }

  private void state(String who, Commit commit, Object... more) {
    Object[] fields = new Object[4 + more.length];
    fields[0] = "revision";
    fields[1] = commit.revision();
    fields[2] = "digest";
    fields[3] = commit.digest();
    System.arraycopy(more, 0, fields, 4, more.length);
    add(who, Kind.STATE, fields);
  }
}
