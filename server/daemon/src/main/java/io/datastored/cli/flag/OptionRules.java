package io.datastored.cli.flag;

import com.google.common.collect.ImmutableMap;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.daemon.DaemonOptions;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Option rules check that a server can be built from the values of options. The check runs after
 * each option, so that an invalid value is reported with the flag that the operator typed. Confined
 * to one thread.
 */
public final class OptionRules {

  /** The options if no flag is set, as shown in the help. The two paths are placeholders. */
  public static final DaemonOptions DEFAULTS =
      new DaemonOptions.Builder(Path.of(""), Path.of("")).build();

  private final DaemonOptions.Builder options;

  public OptionRules(DaemonOptions.Builder options) {
    this.options = options;
  }

  /**
   * Refuses flags that do not fit the others.
   *
   * @param given whether each was given; the first that was is named
   * @param why follows its name
   * @throws CommandFailed if any was given
   */
  static void refuse(ImmutableMap<String, Boolean> given, String why) {
    given.forEach(
        (flag, isGiven) -> {
          if (isGiven) {
            throw new CommandFailed(ExitStatus.USAGE, flag + why);
          }
        });
  }

  /**
   * Sets options.
   *
   * @param flags the flags of the values, as typed; flags that share a rule are set together
   * @throws CommandFailed if no server can be built from the values
   */
  OptionRules set(String flags, Consumer<DaemonOptions.Builder> change) {
    try {
      change.accept(options);
      DaemonOptions unused = options.build();
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(
          ExitStatus.USAGE, "Invalid value (" + flags + "): " + e.getMessage() + ".", e);
    }
    return this;
  }
}
