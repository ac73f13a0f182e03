package io.datastored.cli.flag;

import com.google.common.collect.ImmutableMap;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.daemon.ReplicaOptions;
import io.datastored.etcd.history.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The flags of {@code serve} for a server that shares its history with others, in an etcd. Confined
 * to one thread.
 */
public final class ReplicaFlags extends EtcdFlags {

  private static final Duration DEFAULT_TTL = Duration.ofSeconds(10);
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  @Option(
      names = "--replica-name",
      paramLabel = "NAME",
      description =
          "What this server is called where replicas are listed (default: the host name).")
  @Nullable String name;

  @Option(
      names = "--replica-ttl",
      paramLabel = "DURATION",
      description = {
        "How long this server may promise anything without hearing from etcd; 5s to 60s (default:"
            + " ${DEFAULT-VALUE}).",
        "When it has died, drains wait for about twice as long, and then for its longest promise."
      })
  Duration ttl = DEFAULT_TTL;

  /** Whether the history is in an etcd. */
  public boolean given() {
    return !endpoints.isEmpty();
  }

  /**
   * Makes a server one of several, if an etcd is given.
   *
   * @throws CommandFailed also for flags that say nothing without an etcd
   */
  public void applyTo(OptionRules options) {
    if (!given()) {
      requireNone();
      return;
    }
    options.set(
        "--replica-ttl, --replica-name",
        to -> to.replica = Optional.of(new ReplicaOptions(options(), keys(), name(), ttl)));
  }

  private void requireNone() {
    OptionRules.refuse(
        ImmutableMap.<String, Boolean>builder()
            .put("--replica-name", name != null)
            .put("--replica-ttl", !ttl.equals(DEFAULT_TTL))
            .put("--etcd-prefix", !prefix.equals(Keys.DEFAULT.prefix()))
            .put("--etcd-ca", ca != null)
            .put("--etcd-cert", cert != null)
            .put("--etcd-key", key != null)
            .put("--etcd-user", user != null)
            .put("--etcd-password-file", passwordFile != null)
            .buildOrThrow(),
        " is for a server on etcd: give --etcd-endpoints HOST:PORT,HOST:PORT too, or leave it"
            + " out.");
  }

  private String name() {
    if (name != null) {
      return name;
    }
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      throw new CommandFailed(
          ExitStatus.USAGE,
          "The host name cannot be read (%s): give --replica-name NAME.".formatted(e.getMessage()),
          e);
    }
  }
}
