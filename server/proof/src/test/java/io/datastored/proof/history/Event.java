package io.datastored.proof.history;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An event is one line of a history: when somebody did or was told something. Immutable.
 *
 * @param nanos the monotonic clock of the host, which all its processes share
 * @param who a worker or client, or the one who sets modes
 * @param kind what
 * @param fields what else there is to tell, by name
 */
public record Event(long nanos, String who, Kind kind, Map<String, String> fields) {

  public static final String ENDED = "ended";

  /**
   * An event.
   *
   * @param fields names and values in turn
   */
  public static Event of(long nanos, String who, Kind kind, Object... fields) {
    Map<String, String> named = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      named.put(fields[i].toString(), fields[i + 1].toString().replace(' ', '_'));
    }
    return new Event(nanos, who, kind, named);
  }

  /** The event of a line. */
  public static Event parse(String line) {
    String[] words = line.split(" ", -1);
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 3; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      fields.put(words[i].substring(0, equals), words[i].substring(equals + 1));
    }
    Kind kind = Kind.valueOf(words[2].toUpperCase(Locale.ROOT).replace('-', '_'));
    return new Event(Long.parseLong(words[0]), words[1], kind, fields);
  }

  /** Whether it tells the same, at whatever time. */
  boolean tellsTheSameAs(Event other) {
    return kind == other.kind && who.equals(other.who) && told().equals(other.told());
  }

  private Map<String, String> told() {
    Map<String, String> told = new LinkedHashMap<>(fields);
    told.remove(ENDED);
    return told;
  }

  /** When it was over: a thread can be held up between any two looks at the clock. */
  public long ended() {
    return number(ENDED, nanos);
  }

  /** A field, empty when it is not there. */
  public String text(String field) {
    return fields.getOrDefault(field, "");
  }

  /** A field that is there. */
  public long number(String field) {
    return Long.parseLong(text(field));
  }

  /** A field, or {@code otherwise} when it is not there. */
  public long number(String field, long otherwise) {
    return text(field).isEmpty() ? otherwise : number(field);
  }

  public boolean has(String field) {
    return fields.containsKey(field);
  }

  public String id() {
    return text("id");
  }

  public String datastore() {
    return text("datastore");
  }

  @Override
  public String toString() {
    StringBuilder line = new StringBuilder().append(nanos).append(' ').append(who);
    line.append(' ').append(kind.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    fields.forEach((name, value) -> line.append(' ').append(name).append('=').append(value));
    return line.toString();
  }
}
