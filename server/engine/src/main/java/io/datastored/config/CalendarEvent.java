package io.datastored.config;

import java.util.Optional;

/**
 * A calendar event is a text that says when a job runs, like {@code sun 03:00}. Immutable.
 *
 * <p>Only its letters are checked: nothing that upstream accepts is refused, and what it means is
 * the scheduler's business.
 */
final class CalendarEvent {

  private static final int MAX_LENGTH = 1024;
  private static final String MARKS = " */.,:-~+_";

  private CalendarEvent() {}

  static void check(String property, Optional<String> event, FaultCollector faults) {
    if (event.isPresent()
        && faults.text(property, event.get(), MAX_LENGTH)
        && !isPlausible(event.get())) {
      faults.add(property, "is no calendar event: '" + Excerpt.of(event.get()) + "'");
    }
  }

  private static boolean isPlausible(String event) {
    boolean saysSomething = false;
    for (int i = 0; i < event.length(); i++) {
      char c = event.charAt(i);
      boolean word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!word && MARKS.indexOf(c) < 0) {
        return false;
      }
      saysSomething |= word || c == '*';
    }
    return saysSomething;
  }
}
