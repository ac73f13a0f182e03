package io.datastored.proof.checker;

import io.datastored.proof.history.Event;
import io.datastored.proof.history.History;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Histories as a test writes them: lines in any order. Stateless. */
final class Histories {

  private Histories() {}

  static History of(String... parts) {
    return History.of(events(String.join("", parts)));
  }

  static List<Event> events(String text) {
    return sorted(
        text.lines().map(String::strip).filter(line -> !line.isEmpty()).map(Event::parse).toList());
  }

  static List<Event> sorted(List<Event> events) {
    return events.stream().sorted(Comparator.comparingLong(Event::nanos)).toList();
  }

  /** What one checker finds, as somebody reads it. */
  static List<String> found(Checker checker, String... parts) {
    return checker.check(of(parts)).stream().map(Finding::toString).toList();
  }

  /** A mode that is set by a call of the operator. */
  static String mode(String id, String datastore, String mode, long begin, long done) {
    return String.format(
        Locale.ROOT,
        "%d operator write-begin id=%s datastore=%s mode=%s%n%d operator write-done id=%s generation=%d%n",
        begin,
        id,
        datastore,
        mode,
        done,
        id,
        done);
  }

  /** A drain of the operator that is answered with DRAINED. */
  static String drained(String id, String datastore, String mode, long begin, long told) {
    return String.format(
        Locale.ROOT,
        "%d operator drain-begin id=%s datastore=%s%n%d operator drained id=%s mode=%s%n",
        begin,
        id,
        datastore,
        told,
        id,
        mode);
  }
}
