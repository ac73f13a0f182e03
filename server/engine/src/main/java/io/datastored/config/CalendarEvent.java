package io.datastored.config;

import com.google.common.collect.ImmutableSet;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * A calendar event is a text that specifies when a job runs, like {@code sun 03:00}. Immutable.
 *
 * <p>There are two rules. {@link #check} is what a file may contain; it checks only the characters.
 * {@link #isEvent} is the grammar of Proxmox Backup Server 4.2, which everything that is written
 * satisfies. Its form is {@code [days] [date] [time] [UTC]}, with at least one of the first three,
 * or a word like {@code daily}:
 *
 * <pre>
 *   days   DAY[..DAY], more after commas; names of days, whole or three letters, in any case
 *   date   [YEAR-]MONTH-DAY
 *   time   [HOUR:]MINUTE[:SECOND]
 *   each   *, * /STEP without the blank, or N, N..N, N/STEP, N..N/STEP, more after commas
 * </pre>
 *
 * <p>A part that does not match counts as absent, and then the rest must match the next part:
 * {@code 24:00} has no hours, and is minute 24.
 */
public final class CalendarEvent {

  private static final int MAX_LENGTH = 1024;
  private static final String MARKS = " */.,:-~+_";

  private static final ImmutableSet<String> WORDS =
      ImmutableSet.of(
          "minutely",
          "hourly",
          "daily",
          "weekly",
          "monthly",
          "quarterly",
          "semiannually",
          "semi-annually",
          "yearly",
          "annually");

  private static final ImmutableSet<String> DAYS =
      ImmutableSet.of(
          "monday",
          "tuesday",
          "wednesday",
          "thursday",
          "friday",
          "saturday",
          "sunday",
          "mon",
          "tue",
          "wed",
          "thu",
          "fri",
          "sat",
          "sun");

  private static final String UTC = "UTC";

  /** The exclusive upper bound of each kind of number. */
  private static final int YEARS = 2200;

  private static final int MONTHS = 13;
  private static final int DAYS_OF_MONTH = 32;
  private static final int HOURS = 24;
  private static final int MINUTES = 60;

  /** The index for a text that does not match. */
  private static final int NOWHERE = -1;

  private final String text;

  private CalendarEvent(String text) {
    this.text = text;
  }

  static void check(String property, Optional<String> event, FaultCollector faults) {
    if (event.isPresent()
        && faults.text(property, event.get(), MAX_LENGTH)
        && !isPlausible(event.get())) {
      faults.add(property, "is not a calendar event: '" + Truncated.of(event.get()) + "'");
    }
  }

  private static boolean isPlausible(String event) {
    boolean saysSomething = false;
    for (int i = 0; i < event.length(); i++) {
      char c = event.charAt(i);
      boolean word = isLetter(c) || isDigit(c);
      if (!word && MARKS.indexOf(c) < 0) {
        return false;
      }
      saysSomething |= word || c == '*';
    }
    return saysSomething;
  }

  /** Whether Proxmox Backup Server 4.2 accepts a text as a calendar event. */
  public static boolean isEvent(String text) {
    String event = text;
    if (text.endsWith(UTC)) {
      int end = text.length() - UTC.length();
      while (end > 0 && text.charAt(end - 1) == ' ') {
        end--;
      }
      event = text.substring(0, end);
    }
    return WORDS.contains(event) || new CalendarEvent(event).isParts();
  }

  private boolean isParts() {
    int at = 0;
    boolean any = false;
    if (at < text.length() && isLetter(text.charAt(at))) {
      int behind = list(at, this::dayRange);
      if (behind == NOWHERE) {
        return false;
      }
      at = blanks(behind);
      any = true;
    }
    int behindDate = date(at);
    if (behindDate != NOWHERE) {
      at = blanks(behindDate);
      any = true;
    }
    int behindTime = time(at);
    if (behindTime != NOWHERE) {
      at = behindTime;
      any = true;
    }
    return any && at == text.length();
  }

  private int dayRange(int at) {
    int behind = day(at);
    if (behind == NOWHERE || !text.startsWith("..", behind)) {
      return behind;
    }
    int last = day(behind + 2);
    return last == NOWHERE ? behind : last;
  }

  private int day(int at) {
    int end = at;
    while (end < text.length() && isLetter(text.charAt(end))) {
      end++;
    }
    boolean isDay = DAYS.contains(text.substring(at, end).toLowerCase(Locale.ROOT));
    return isDay ? end : NOWHERE;
  }

  private int date(int at) {
    int withYear = monthAndDay(behind("-", numbers(at, YEARS)));
    return withYear == NOWHERE ? monthAndDay(at) : withYear;
  }

  private int monthAndDay(int at) {
    return numbers(behind("-", numbers(at, MONTHS)), DAYS_OF_MONTH);
  }

  private int time(int at) {
    int minutes = behind(":", numbers(at, HOURS));
    int behind = numbers(minutes == NOWHERE ? at : minutes, MINUTES);
    int seconds = numbers(behind(":", behind), MINUTES);
    return seconds == NOWHERE ? behind : seconds;
  }

  private int numbers(int at, int limit) {
    if (at == NOWHERE) {
      return NOWHERE;
    }
    if (!text.startsWith("*", at)) {
      return list(at, start -> range(start, limit));
    }
    int step = behind("/", at + 1);
    if (step == NOWHERE) {
      return at + 1;
    }
    int end = number(step, limit);
    // A step of zero is left for the following part, where it does not match.
    return end != NOWHERE && value(step, end) == 0 ? at + 1 : end;
  }

  private int range(int at, int limit) {
    int behind = number(at, limit);
    int last = text.startsWith("..", behind) ? number(behind + 2, limit) : NOWHERE;
    if (last != NOWHERE) {
      if (value(at, behind) > value(behind + 2, last)) {
        return NOWHERE;
      }
      behind = last;
    }
    int step = behind("/", behind);
    return step == NOWHERE ? behind : number(step, limit);
  }

  private int number(int at, int limit) {
    int end = at;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    return end > at && value(at, end) < limit ? end : NOWHERE;
  }

  /** The number between two indexes, capped above every limit. */
  private int value(int start, int end) {
    int value = 0;
    for (int i = start; i < end; i++) {
      value = Math.min(value * 10 + text.charAt(i) - '0', YEARS);
    }
    return value;
  }

  /** The index after the longest list of matching elements, separated by commas; at least one. */
  private int list(int at, IntUnaryOperator element) {
    int behind = element.applyAsInt(at);
    while (behind != NOWHERE && text.startsWith(",", behind)) {
      int next = element.applyAsInt(behind + 1);
      if (next == NOWHERE) {
        return behind;
      }
      behind = next;
    }
    return behind;
  }

  private int behind(String mark, int at) {
    return at != NOWHERE && text.startsWith(mark, at) ? at + mark.length() : NOWHERE;
  }

  private int blanks(int at) {
    int behind = at;
    while (behind < text.length() && (text.charAt(behind) == ' ' || text.charAt(behind) == '\t')) {
      behind++;
    }
    return behind;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
