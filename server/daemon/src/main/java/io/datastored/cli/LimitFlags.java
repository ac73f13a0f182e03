package io.datastored.cli;

import io.datastored.daemon.DaemonOptions;
import io.datastored.lease.LeaseOptions;
import io.datastored.watch.WatchLimits;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The flags of {@code serve} for what its clients may cost. Confined to one thread. */
final class LimitFlags {

  @Option(
      names = "--lease-ttl",
      paramLabel = "DURATION",
      defaultValue = "60s",
      converter = DurationText.class,
      description = "The ttl of a lease whose holder asks for none (default: ${DEFAULT-VALUE}).")
  Duration leaseTtl;

  @Option(
      names = "--max-lease-ttl",
      paramLabel = "DURATION",
      defaultValue = "10m",
      converter = DurationText.class,
      description = "The longest ttl of a lease (default: ${DEFAULT-VALUE}).")
  Duration maxLeaseTtl;

  @Option(
      names = "--max-leases",
      paramLabel = "COUNT",
      defaultValue = "1000000",
      description = "Live leases (default: ${DEFAULT-VALUE}).")
  long maxLeases;

  @Option(
      names = "--max-watchers",
      paramLabel = "COUNT",
      defaultValue = "100000",
      description = "Open watches (default: ${DEFAULT-VALUE}).")
  int maxWatchers;

  DaemonOptions applyTo(DaemonOptions options) {
    LeaseOptions leases = LeaseOptions.DEFAULT;
    return options
        .withLeases(
            leases.withTtl(leases.shortestTtl(), maxLeaseTtl, leaseTtl).withMaxLeases(maxLeases))
        .withWatches(new WatchLimits(maxWatchers, WatchLimits.DEFAULT.history()));
  }
}
