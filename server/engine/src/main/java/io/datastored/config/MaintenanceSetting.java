package io.datastored.config;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * A maintenance setting is what a section says about maintenance: the mode and the operator's
 * words. Immutable.
 *
 * @param mode the mode; NONE when the section has no such line
 * @param message as stored in the file: 1 to 64 characters, no control characters; an empty text is
 *     no message, and mode NONE has none
 */
public record MaintenanceSetting(MaintenanceMode mode, Optional<String> message) {

  /** In service. */
  public static final MaintenanceSetting NONE =
      new MaintenanceSetting(MaintenanceMode.NONE, Optional.empty());

  static final int MAX_MESSAGE = 64;

  /** Checks the message; {@link #faults} tells beforehand what would be refused. */
  public MaintenanceSetting {
    message = message.filter(text -> !text.isEmpty());
    ImmutableList<PropertyFault> faults = faults(mode, message);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(faults.get(0).message());
    }
  }

  /** Returns a setting without a message. */
  public static MaintenanceSetting of(MaintenanceMode mode) {
    return mode == MaintenanceMode.NONE ? NONE : new MaintenanceSetting(mode, Optional.empty());
  }

  /** Returns a setting with a message. */
  public static MaintenanceSetting of(MaintenanceMode mode, String message) {
    return new MaintenanceSetting(mode, Optional.of(message));
  }

  /** Returns what is wrong with a setting before it is made; nothing when it is right. */
  public static ImmutableList<PropertyFault> faults(
      MaintenanceMode mode, Optional<String> message) {
    if (message.isEmpty() || message.get().isEmpty()) {
      return ImmutableList.of();
    }
    if (mode == MaintenanceMode.NONE) {
      return ImmutableList.of(
          new PropertyFault("message", "a message needs a maintenance mode other than none"));
    }
    return TextRule.fault(message.get(), MAX_MESSAGE)
        .map(reason -> ImmutableList.of(new PropertyFault("message", "message " + reason)))
        .orElse(ImmutableList.of());
  }

  /**
   * Returns the message as people should see it: percent-decoded, as web forms store it encoded;
   * nothing when the decoded bytes are not UTF-8. The original does the same.
   */
  public Optional<String> shownMessage() {
    return message.flatMap(PercentText::decode);
  }
}
