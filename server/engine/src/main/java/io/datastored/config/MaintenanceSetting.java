package io.datastored.config;

import com.google.common.collect.ImmutableList;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A maintenance setting is the maintenance mode of a section and the operator's message. Immutable.
 *
 * @param mode the mode; NONE if the section has no such line
 * @param message for display, decoded; at most 64 characters as encoded by {@link PercentText} in
 *     the file. An empty text counts as no message, and mode NONE has none
 */
public record MaintenanceSetting(MaintenanceMode mode, Optional<String> message) {

  /** In service. */
  public static final MaintenanceSetting NONE =
      new MaintenanceSetting(MaintenanceMode.NONE, Optional.empty());

  public static final int MAX_MESSAGE = 64;

  /** Rejects what a file cannot hold; {@link #faults} reports beforehand what would be refused. */
  public MaintenanceSetting {
    message = message.filter(text -> !text.isEmpty());
    unwritable(mode, message)
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException(reason);
            });
  }

  /** A setting without a message. */
  public static MaintenanceSetting of(MaintenanceMode mode) {
    return mode == MaintenanceMode.NONE ? NONE : new MaintenanceSetting(mode, Optional.empty());
  }

  /** A setting with a message. */
  public static MaintenanceSetting of(MaintenanceMode mode, String message) {
    return new MaintenanceSetting(mode, Optional.of(message));
  }

  /** A setting with a message that is encoded as in the file. */
  public static MaintenanceSetting ofStored(MaintenanceMode mode, Optional<String> message) {
    return new MaintenanceSetting(mode, message.flatMap(PercentText::decode));
  }

  /** The faults of a requested setting; none if it is valid. */
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
