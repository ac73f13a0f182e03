package io.datastored.cli.flag;

import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.daemon.DaemonOptions;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Option rules are what the values of options must keep for a server to be made of them. They are
 * checked after each option, so that a value that breaks one is reported with the flag that the
 * operator typed. Confined to one thread.
 */
public final class OptionRules {

  /** What the options are that no flag has set; help shows them. The two paths mean nothing. */
  public static final DaemonOptions DEFAULTS =
      new DaemonOptions.Builder(Path.of(""), Path.of("")).build();

  private final DaemonOptions.Builder options;

  public OptionRules(DaemonOptions.Builder options) {
    this.options = options;
  }

  /**
   * Sets options.
   *
   * @param flags whose values they are, as they are typed; those that share a rule together
   * @throws CommandFailed when no server can be made of the values
   */
  OptionRules set(String flags, Consumer<DaemonOptions.Builder> change) {
    try {
      change.accept(options);
      DaemonOptions unused = options.build();
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(
          ExitStatus.USAGE, "This cannot be (" + flags + "): " + e.getMessage() + ".", e);
    }
    return this;
  }
}
