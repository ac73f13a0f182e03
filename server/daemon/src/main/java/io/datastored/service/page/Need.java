package io.datastored.service.page;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
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

  private static final int MOST_SHOWN = 50;

  /** The worst first, and of those the longest. */
  private static final Comparator<Need> WORST_FIRST =
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

  /** The text of an object: the worst of them, and how many there are. */
  static String json(List<Need> needs) {
    var first = new JsonArray();
    needs.stream().sorted(WORST_FIRST).limit(MOST_SHOWN).forEach(need -> first.add(need.json()));
    var json = new JsonObject();
    json.addProperty("count", needs.size());
    json.add("first", first);
    return json.toString();
  }

  private JsonObject json() {
    var json = new JsonObject();
    json.addProperty("level", level.name().toLowerCase(Locale.ROOT));
    if (!datastore.isEmpty()) {
      json.addProperty("name", datastore);
    }
    json.addProperty("what", what);
    since.ifPresent(at -> json.addProperty("since", at));
    json.addProperty("command", command);
    return json;
  }
}
