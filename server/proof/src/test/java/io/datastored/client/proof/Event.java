package io.datastored.client.proof;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An event is one line of a history: when somebody did or was told something. Immutable.
 *
 * @param nanos the monotonic clock of the host, which all its processes share
 * @param who a client, or the operator
 * @param kind what
 * @param fields what else there is to tell, by name
 */
record Event(long nanos, String who, Kind kind, Map<String, String> fields) {

  static final String UNTIL = "until";

  /** What a client does, and then what the operator does. */
  enum Kind {
    /**
     * Answered from memory: {@code datastore operation generation}, {@code state} when it was the
     * same before and after. The time is that of a look at the clock before the question, {@code
     * until} that of one after the answer.
     */
    ANSWERED,
    /** Refused from memory: {@code datastore operation mode}. The time is as above. */
    REFUSED,
    /** A lease is held: {@code datastore operation token}. */
    HELD,
    /** A handle said that it is alive: {@code datastore operation}. The time is as above. */
    USE,
    /** A handle said that it is not: {@code datastore operation}. */
    LOST,
    /** Before a handle is closed: {@code datastore operation}. */
    CLOSED,
    /** A change was answered: {@code datastore generation}. */
    CHANGED,
    /** Before a mode is asked for: {@code datastore mode}. */
    MODE_BEGIN,
    /** It was answered: {@code datastore mode generation}. */
    MODE_SET,
    /** The answer to a drain was DRAINED: {@code datastore mode}. */
    DRAINED;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Kind of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
  }

  /**
   * An event.
   *
   * @param fields names and values in turn
   */
  static Event of(long nanos, String who, Kind kind, Object... fields) {
    Map<String, String> named = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      named.put(fields[i].toString(), fields[i + 1].toString());
    }
    return new Event(nanos, who, kind, named);
  }

  static Event parse(String line) {
    String[] words = line.split(" ", -1);
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 3; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      fields.put(words[i].substring(0, equals), words[i].substring(equals + 1));
    }
    return new Event(Long.parseLong(words[0]), words[1], Kind.of(words[2]), fields);
  }

  /** Whether it tells the same, at whatever time. */
  boolean tellsTheSameAs(Event other) {
    return kind == other.kind && who.equals(other.who) && told().equals(other.told());
  }

  private Map<String, String> told() {
    Map<String, String> told = new LinkedHashMap<>(fields);
    told.remove(UNTIL);
    return told;
  }

  /** When it was over: a thread can be held up between any two looks at the clock. */
  long until() {
    return fields.containsKey(UNTIL) ? number(UNTIL) : nanos;
  }

  /** A field, empty when it is not there. */
  String text(String field) {
    return fields.getOrDefault(field, "");
  }

  long number(String field) {
    return Long.parseLong(text(field));
  }

  String datastore() {
    return text("datastore");
  }

  @Override
  public String toString() {
    StringBuilder line = new StringBuilder().append(nanos).append(' ').append(who);
    line.append(' ').append(kind.word());
    fields.forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
    return line.toString();
  }
}
