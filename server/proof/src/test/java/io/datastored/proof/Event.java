package io.datastored.proof;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An event is one line of a history: when somebody did or was told something. Immutable.
 *
 * @param nanos the monotonic clock of the host, which all its processes share
 * @param who the worker, or the driver
 * @param kind what
 * @param fields what else there is to tell, by name
 */
record Event(long nanos, String who, Kind kind, Map<String, String> fields) {

  /** What a worker does, and then what the one who sets modes does. */
  enum Kind {
    /** Before a lookup is sent: {@code id datastore operation}. */
    LOOKUP_BEGIN,
    /**
     * After its answer: {@code id}, of a lease also {@code until token}; {@code cached} when no
     * server was asked.
     */
    GRANTED,
    /** The holder may go on for longer: {@code id until}. */
    UNTIL,
    /** {@code id reason mode generation}; {@code cached} when no server was asked. */
    REFUSED,
    /** No answer came in time: {@code id}. Nothing was begun. */
    UNANSWERED,
    /** {@code id}; the time is that of the look at the clock before. */
    USE,
    /** Before the release is sent: {@code id}. Nothing is used from here on. */
    RELEASE_BEGIN,
    /** {@code id}. */
    RELEASED,
    /** The holder was told, or found by its own clock, that it is over: {@code id cause}. */
    LOST,
    /** What a worker saw that must not be: {@code id what}. */
    COMPLAINT,
    /** Before a mode is asked for: {@code datastore mode}. */
    MODE_BEGIN,
    /** It was answered: {@code datastore mode generation}. */
    MODE_SET,
    /** Whether it was set is not known: {@code datastore mode}. */
    MODE_UNANSWERED,
    /** Before a drain is asked for: {@code datastore}. */
    DRAIN_BEGIN,
    /** The answer was DRAINED: {@code datastore mode}. */
    DRAINED,
    /** The drain ended otherwise: {@code datastore state}. */
    DRAIN_ENDED,
    /** Before a process is killed: {@code worker}. */
    KILL,
    /** What Status said: {@code datastore read write leases}; {@code last} when all must be 0. */
    COUNTS;

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
      named.put(fields[i].toString(), fields[i + 1].toString().replace(' ', '_'));
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

  /** A field, empty when it is not there. */
  String text(String field) {
    return fields.getOrDefault(field, "");
  }

  /** A field, or {@code otherwise} when it is not there. */
  long number(String field, long otherwise) {
    String text = text(field);
    return text.isEmpty() ? otherwise : Long.parseLong(text);
  }

  @Override
  public String toString() {
    StringBuilder line = new StringBuilder().append(nanos).append(' ').append(who);
    line.append(' ').append(kind.word());
    fields.forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
    return line.toString();
  }
}
