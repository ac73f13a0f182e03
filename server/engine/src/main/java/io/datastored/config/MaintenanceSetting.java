package io.datastored.config;

import com.google.common.collect.ImmutableList;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A maintenance setting is what a section says about maintenance: the mode and the operator's
 * words. Immutable.
 *
 * @param mode the mode; NONE when the section has no such line
 * @param message for people, with nothing left to decode; at most 64 characters as {@link
 *     PercentText} spells it in the file. An empty text is no message, and mode NONE has none
 */
public record MaintenanceSetting(MaintenanceMode mode, Optional<String> message) {

  /** In service. */
  public static final MaintenanceSetting NONE =
      new MaintenanceSetting(MaintenanceMode.NONE, Optional.empty());

  public static final int MAX_MESSAGE = 64;

  /** Checks what no file could hold; {@link #faults} tells beforehand what would be refused. */
  public MaintenanceSetting {
    message = message.filter(text -> !text.isEmpty());
    unwritable(mode, message)
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException(reason);
            });
  }

  /** Returns a setting without a message. */
  public static MaintenanceSetting of(MaintenanceMode mode) {
    return mode == MaintenanceMode.NONE ? NONE : new MaintenanceSetting(mode, Optional.empty());
  }

  /** Returns a setting with a message. */
  public static MaintenanceSetting of(MaintenanceMode mode, String message) {
    return new MaintenanceSetting(mode, Optional.of(message));
  }

  /** Returns a setting whose message is spelt as in the file. */
  public static MaintenanceSetting ofStored(MaintenanceMode mode, Optional<String> message) {
    return new MaintenanceSetting(mode, message.flatMap(PercentText::decode));
  }

  /** Returns what is wrong with a setting that somebody asks for; nothing when it is right. */
  public static ImmutableList<PropertyFault> faults(
      MaintenanceMode mode, Optional<String> message) {
    Optional<String> words = message.filter(text -> !text.isEmpty());
    return words
        .flatMap(MaintenanceSetting::unprintable)
        .or(() -> unwritable(mode, words))
        .map(reason -> ImmutableList.of(new PropertyFault("message", reason)))
        .orElse(ImmutableList.of());
  }

  private static Optional<String> unprintable(String message) {
    OptionalInt at = TextRule.unprintable(message);
    return at.isPresent()
        ? Optional.of("message contains " + TextRule.name(message.codePointAt(at.getAsInt())))
        : Optional.empty();
  }

  private static Optional<String> unwritable(MaintenanceMode mode, Optional<String> message) {
    if (message.isEmpty()) {
      return Optional.empty();
    }
    if (mode == MaintenanceMode.NONE) {
      return Optional.of("a message needs a maintenance mode other than none");
    }
    return TextRule.fault(PercentText.encode(message.get()), MAX_MESSAGE)
        .map(reason -> "message " + reason);
  }
}
