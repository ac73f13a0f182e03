package io.datastored.config.document;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.datastored.config.Backend;
import io.datastored.config.FaultCollector;
import io.datastored.config.ParseError;
import io.datastored.config.PropertyString;
import io.datastored.config.Scalar;
import io.datastored.config.Truncated;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A value rule determines what Proxmox Backup Server 4.2 accepts as the value of a key. Immutable.
 * Lengths are in characters.
 */
sealed interface ValueRule {

  /** Why a value is not accepted; empty if it is. */
  Optional<PbsRefusal> refusal(String text);

  private static Optional<PbsRefusal> unless(boolean accepted, String reason, PbsEffect effect) {
    return accepted ? Optional.empty() : Optional.of(PbsRefusal.of(reason, effect));
  }

  private static Optional<PbsRefusal> length(String text, int min, int max) {
    int length = text.codePointCount(0, text.length());
    return unless(
        length >= min && length <= max,
        "has %d characters; %s are allowed"
            .formatted(length, min == 0 ? "at most " + max : min + " to " + max),
        PbsEffect.FILE_REFUSED);
  }

  /** A boolean. */
  record Flag() implements ValueRule {
    @Override
    public Optional<PbsRefusal> refusal(String text) {
      try {
        Scalar.bool(text);
        return Optional.empty();
      } catch (ParseError e) {
        return Optional.of(PbsRefusal.of(e.reason(), PbsEffect.FILE_REFUSED));
      }
    }
  }

  /**
   * A decimal integer.
   *
   * @param outside the effect of a number outside the range
   */
  record Whole(long min, long max, PbsEffect outside) implements ValueRule {
    @Override
    public Optional<PbsRefusal> refusal(String text) {
      try {
        long number = Scalar.whole(text);
        return unless(
            number >= min && number <= max,
            max == Long.MAX_VALUE
                ? "must be at least " + min
                : "must be %d to %d".formatted(min, max),
            outside);
      } catch (ParseError e) {
        return Optional.of(new PbsRefusal("", e.offset(), e.reason(), PbsEffect.FILE_REFUSED));
      }
    }
  }

  /**
   * One of some words.
   *
   * @param other the effect of another word
   */
  record Words(ImmutableSet<String> words, PbsEffect other) implements ValueRule {
    @Override
    public Optional<PbsRefusal> refusal(String text) {
      return unless(
          words.contains(text),
          "is '%s', not one of %s".formatted(Truncated.of(text), String.join(", ", words)),
          other);
    }
  }

  /** Any text. */
  record Text(int min, int max) implements ValueRule {
    @Override
    public Optional<PbsRefusal> refusal(String text) {
      return length(text, min, max);
    }
  }

  /** A text without ASCII control characters. */
  record Line(int max) implements ValueRule {
    @Override
    public Optional<PbsRefusal> refusal(String text) {
      Optional<PbsRefusal> tooLong = length(text, 0, max);
      return tooLong.isPresent()
          ? tooLong
          : unless(
              text.chars().noneMatch(c -> c < ' ' || c == 0x7F),
              "contains a control character",
              PbsEffect.FILE_REFUSED);
    }
  }

  /**
   * A text of a given form.
   *
   * @param what the name of the form, for messages, with its article
   */
  record Form(int min, int max, String what, Predicate<String> test) implements ValueRule {
    @Override
    public Optional<PbsRefusal> refusal(String text) {
      int length = text.codePointCount(0, text.length());
      return unless(
          length >= min && length <= max && test.test(text),
          "is not %s: '%s'".formatted(what, Truncated.of(text)),
          PbsEffect.FILE_REFUSED);
    }
  }

  /** A user id: the form is checked when the file is read, the realm when the datastore is used. */
  record User(ValueRule form, int minRealm, int maxRealm) implements ValueRule {
    @Override
    public Optional<PbsRefusal> refusal(String text) {
      Optional<PbsRefusal> malformed = form.refusal(text);
      if (malformed.isPresent()) {
        return malformed;
      }
      int realm = text.length() - text.lastIndexOf('@') - 1;
      return unless(
          realm >= minRealm && realm <= maxRealm,
          "has a realm of %d characters; %d to %d are allowed".formatted(realm, minRealm, maxRealm),
          PbsEffect.LIST_FAILS);
    }
  }

  /**
   * A member is the value of one key of a structure.
   *
   * @param presence whether it is required, and what an empty value means
   */
  record Member(ValueRule rule, Presence presence) {

    /** Whether a member is required. */
    enum Presence {
      REQUIRED,
      OPTIONAL,
      /** It is optional, and an empty value counts as absent. */
      OPTIONAL_OR_EMPTY
    }
  }

  /**
   * A property string.
   *
   * @param defaultKey the key of a value without a key; null if there is none
   * @param members by key
   */
  record Structure(@Nullable String defaultKey, ImmutableMap<String, Member> members)
      implements ValueRule {
    @Override
    public Optional<PbsRefusal> refusal(String text) {
      PropertyString from;
      try {
        from = PropertyString.parse(text, members.keySet().asList(), defaultKey);
      } catch (ParseError e) {
        return Optional.of(new PbsRefusal("", e.offset(), e.reason(), PbsEffect.FILE_REFUSED));
      }
      return members.entrySet().stream()
          .flatMap(member -> refusal(from, member).stream())
          .min(Comparator.comparing(PbsRefusal::effect));
    }

    private static Optional<PbsRefusal> refusal(
        PropertyString from, Map.Entry<String, Member> member) {
      String key = member.getKey();
      Optional<String> value = from.written(key);
      return switch (member.getValue().presence()) {
        case REQUIRED ->
            value.isEmpty()
                ? Optional.of(PbsRefusal.of("needs the key '" + key + "'", PbsEffect.FILE_REFUSED))
                : refusal(from, key, value, member.getValue().rule());
        case OPTIONAL -> refusal(from, key, value, member.getValue().rule());
        case OPTIONAL_OR_EMPTY ->
            refusal(from, key, value.filter(text -> !text.isEmpty()), member.getValue().rule());
      };
    }

    private static Optional<PbsRefusal> refusal(
        PropertyString from, String key, Optional<String> value, ValueRule rule) {
      return value.flatMap(rule::refusal).map(refusal -> refusal.in(key, from.offset(key)));
    }
  }

  /** Two rules; the second one applies to a value that the first one accepts. */
  record Both(ValueRule first, ValueRule second) implements ValueRule {
    @Override
    public Optional<PbsRefusal> refusal(String text) {
      return Stream.of(first, second).flatMap(rule -> rule.refusal(text).stream()).findFirst();
    }
  }

  /** The rule for which keys of a backend belong together. */
  record BackendKeys() implements ValueRule {
    @Override
    public Optional<PbsRefusal> refusal(String text) {
      try {
        FaultCollector faults = new FaultCollector();
        Backend.parse(text).checkKeys(faults);
        return faults.faults().stream()
            .map(
                fault ->
                    new PbsRefusal(
                        fault.property().substring("backend.".length()),
                        0,
                        fault.message().substring(fault.property().length() + 1),
                        PbsEffect.FILE_REFUSED))
            .findFirst();
      } catch (ParseError e) {
        return Optional.of(new PbsRefusal("", e.offset(), e.reason(), PbsEffect.FILE_REFUSED));
      }
    }
  }
}
