package io.datastored.cli.flag;

import static io.datastored.cli.flag.OptionRules.DEFAULTS;

import com.google.common.collect.ImmutableSet;
import io.datastored.admin.AdminAddress;
import io.datastored.admin.AdminExposure;
import io.datastored.cli.view.StatusOverview;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The flags of {@code serve} for the admin listener, metrics and slow calls. Confined to one
 * thread.
 */
public final class AdminFlags {
  private static final String NONE = "none";

  @Option(
      names = "--admin-listen",
      paramLabel = "HOST:PORT",
      description =
          "Address for health, metrics and the status page over HTTP; none: no address"
              + " (default: 127.0.0.1:7480, or none if that is in use).")
  @Nullable String listen;

  @Option(
      names = "--admin-tls",
      description =
          "Use HTTPS there, with --tls-cert and --tls-key; other hosts may then ask for"
              + " everything.")
  boolean tls;

  @Option(
      names = "--admin-insecure",
      description =
          "Let other hosts ask for everything in clear text. Without it they may ask for /livez and"
              + " /readyz, and get no reasons.")
  boolean insecure;

  @Option(
      names = "--admin-host",
      paramLabel = "NAME",
      split = ",",
      description =
          "A host name by which clients call that address; more than one with commas. IP"
              + " addresses and localhost need not be named.")
  List<String> hosts = List.of();

  @Option(
      names = "--metrics-per-datastore",
      paramLabel = "COUNT",
      description =
          "How many datastores have metrics of their own, those under maintenance first"
              + " (default: ${DEFAULT-VALUE}).")
  int metricsPerDatastore = DEFAULTS.admin().seriesPerDatastore();

  @Option(
      names = "--slow-call",
      paramLabel = "DURATION",
      description =
          "Log calls that take longer than this, and where their time went; 0s: none"
              + " (default: ${DEFAULT-VALUE}).")
  Duration slowCall = DEFAULTS.service().slowCall().orElse(Duration.ZERO);

  public void applyTo(OptionRules options) {
    options
        .set(
            "--admin-listen",
            to -> {
              to.admin.statusText = Optional.of(new StatusOverview());
              to.admin.listen = address();
            })
        .set("--admin-tls, --admin-insecure", to -> to.admin.exposure = exposure())
        .set("--metrics-per-datastore", to -> to.admin.seriesPerDatastore = metricsPerDatastore)
        .set(
            "--slow-call",
            to -> to.service.slowCall = Optional.of(slowCall).filter(time -> !time.isZero()))
        .set("--admin-host", to -> to.admin.hosts = ImmutableSet.copyOf(hosts));
  }

  private Optional<AdminAddress> address() {
    if (listen == null) {
      return Optional.of(AdminAddress.DEFAULT);
    }
    return listen.equals(NONE) ? Optional.empty() : Optional.of(AdminAddress.parse(listen));
  }

  private AdminExposure exposure() {
    if (tls && insecure) {
      throw new IllegalArgumentException("use one of them, not both");
    }
    return tls
        ? AdminExposure.ENCRYPTED
        : insecure ? AdminExposure.INSECURE : AdminExposure.PROBES_ONLY;
  }
}
