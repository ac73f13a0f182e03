package io.datastored.config;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * Notify is the property {@code notify}: when to send notifications about which jobs. Immutable.
 */
public record Notify(
    Optional<NotifyWhen> gc,
    Optional<NotifyWhen> verify,
    Optional<NotifyWhen> sync,
    Optional<NotifyWhen> prune) {

  /** When to notify about one kind of job. */
  public enum NotifyWhen {
    /** After every run. */
    ALWAYS,
    /** After a failed run. */
    ERROR,
    /** Not at all. */
    NEVER;

    private static final EnumNames<NotifyWhen> WORDS = EnumNames.of(NotifyWhen.class);
  }

  /** No setting for any job, equivalent to absent. */
  public static final Notify EMPTY =
      new Notify(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  private static final ImmutableList<String> KEYS =
      ImmutableList.of("gc", "verify", "sync", "prune");

  static Notify parse(String text) throws ParseError {
    PropertyString from = PropertyString.parse(text, KEYS, null);
    return new Notify(
        from.word("gc", NotifyWhen.WORDS),
        from.word("verify", NotifyWhen.WORDS),
        from.word("sync", NotifyWhen.WORDS),
        from.word("prune", NotifyWhen.WORDS));
  }

  Optional<String> print() {
    return new PropertyStringPrinter()
        .add("gc", gc)
        .add("verify", verify)
        .add("sync", sync)
        .add("prune", prune)
        .print();
  }
}
