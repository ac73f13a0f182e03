package io.datastored.cli.flag;

import static io.datastored.cli.flag.OptionRules.DEFAULTS;

import io.datastored.file.ConfigPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of {@code serve} for who may do what. Confined to one thread. */
public final class AccessFlags {

  @Option(
      names = "--access",
      paramLabel = "FILE",
      description = {
        "The file of rules: who may do what (default: built-in rules).",
        "Without them, root and the server's own user are admins on a Unix socket; other"
            + " users of this host, and clients with a certificate, may read and write; all"
            + " others may only see datastores and their modes."
      })
  @Nullable Path access;

  @Option(
      names = "--access-check",
      paramLabel = "DURATION",
      description =
          "How often the rules are read again; a change takes effect after twice this time"
              + " (default: ${DEFAULT-VALUE}).")
  Duration accessCheck = DEFAULTS.access().check();

  @Option(
      names = "--open",
      description = "Everybody who can connect may do everything: for trials, without --access.")
  boolean open;

  public void applyTo(OptionRules options) {
    options
        .set(
            "--access, --open",
            to -> {
              // By its absolute path: the state directory remembers the file that it knows.
              to.access.rules = Optional.ofNullable(access).map(ConfigPath::asGiven);
              to.access.open = open;
            })
        .set("--access-check", to -> to.access.check = accessCheck);
  }
}
