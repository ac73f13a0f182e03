package io.datastored.config;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/** A maintenance text is the value of the property {@code maintenance-mode}. Immutable. */
public final class MaintenanceText {

  private static final String TYPE = "type";
  private static final String MESSAGE = "message";
  private static final ImmutableList<String> KEYS = ImmutableList.of(TYPE, MESSAGE);

  private MaintenanceText() {}

  public static MaintenanceSetting parse(String text) throws ParseError {
    PropertyString from = PropertyString.parse(text, KEYS, TYPE);
    MaintenanceMode mode = from.required(TYPE, MaintenanceText::mode);
    return MaintenanceSetting.ofStored(mode, from.optional(MESSAGE, MaintenanceText::message));
  }

  /** Reads a stored message. */
  private static String message(String stored) throws ParseError {
    Optional<String> fault = TextRule.fault(stored, MaintenanceSetting.MAX_MESSAGE);
    if (fault.isPresent()) {
      throw new ParseError(0, fault.get());
    }
    return stored;
  }

  /** Reads a word of the file, where {@code none} is invalid: mode NONE has no line. */
  private static MaintenanceMode mode(String word) throws ParseError {
    Optional<MaintenanceMode> mode =
        MaintenanceMode.fromWord(word).filter(known -> known != MaintenanceMode.NONE);
    if (mode.isEmpty()) {
      throw new ParseError(0, "is the unknown mode '" + Truncated.of(word) + "'");
    }
    return mode.get();
  }

  /**
   * The setting to apply for a text that {@link #parse} refuses: at least OFFLINE, with as much of
   * mode and message as can be read. Proxmox Backup Server treats an unknown word as no mode, and
   * refuses the whole file for anything else.
   */
  public static MaintenanceSetting failClosed(String text) {
    try {
      PropertyString from = PropertyString.parse(text, KEYS, TYPE);
      MaintenanceMode mode =
          from.text(TYPE)
              .flatMap(MaintenanceMode::fromWord)
              .filter(MaintenanceMode::refusesRead)
              .orElse(MaintenanceMode.OFFLINE);
      Optional<String> message =
          from.text(MESSAGE)
              .filter(words -> TextRule.fault(words, MaintenanceSetting.MAX_MESSAGE).isEmpty())
              .flatMap(PercentText::decode);
      return new MaintenanceSetting(mode, message);
    } catch (ParseError e) {
      return MaintenanceSetting.of(MaintenanceMode.OFFLINE);
    }
  }

  /**
   * The mode as written in a text, if another one is served; otherwise empty.
   *
   * @param served the result of {@link #failClosed}
   */
  public static Optional<String> asWritten(String text, MaintenanceMode served) {
    Optional<String> word;
    try {
      word = PropertyString.parse(text, KEYS, TYPE).text(TYPE);
    } catch (ParseError e) {
      word = Optional.empty();
    }
    Optional<MaintenanceMode> mode = word.flatMap(MaintenanceMode::fromWord);
    return mode.equals(Optional.of(served))
        ? Optional.empty()
        // If the word is valid, the text after it is not.
        : Optional.of(Truncated.of(mode.isPresent() ? text : word.orElse(text)));
  }

  public static Optional<String> print(MaintenanceSetting setting) {
    return setting.mode() == MaintenanceMode.NONE
        ? Optional.empty()
        : new PropertyStringPrinter()
            .bare(setting.mode().word())
            .add(MESSAGE, setting.message().map(PercentText::encode))
            .print();
  }
}
