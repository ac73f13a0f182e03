package io.datastored.service.page;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * A need is something that an operator should look at. Immutable.
 *
 * @param datastore its name; empty if it is about the server
 * @param what has happened, in a sentence
 * @param since in milliseconds of the wall clock; the expected end, if that has passed
 * @param command that helps
 */
record Need(Level level, String datastore, String what, Optional<Long> since, String command) {

  /** The worst first, and of those the longest. */
  static final Comparator<Need> WORST_FIRST =
      Comparator.comparing(Need::level)
          .thenComparing(need -> need.since().orElse(Long.MAX_VALUE))
          .thenComparing(Need::datastore);

  /** How bad it is. */
  enum Level {
    /** Something is wrong. */
    FAULT,
    /** Planned work that takes longer than planned. */
    OVERDUE,
    /** Something is going on that should end soon. */
    NOTICE
  }

  /** Whether it is one at this time: planned work becomes overdue. */
  boolean holds(Instant now) {
    return level != Level.OVERDUE || since.orElse(0L) < now.toEpochMilli();
  }

  void write(JsonText json) {
    json.beginObject().name("level").value(level.name().toLowerCase(java.util.Locale.ROOT));
    if (!datastore.isEmpty()) {
      json.name("name").value(datastore);
    }
    json.name("what").value(what);
    since.ifPresent(at -> json.name("since").value(at));
    json.name("command").value(command).endObject();
  }
}
