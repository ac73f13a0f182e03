package io.datastored.admin;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableSet;
import io.datastored.service.call.StatusText;
import java.util.Optional;
import java.util.Set;

/**
 * Admin options are the options of the admin listener. Immutable.
 *
 * @param listen where it listens; empty: there is none
 * @param exposure what other hosts may ask
 * @param hosts names by which clients call it, besides IP addresses and {@code localhost}; in lower
 *     case
 * @param seriesPerDatastore how many datastores have metrics of their own, at most {@link
 *     #MOST_SERIES}
 * @param statusText prints a status for a terminal; empty: none is shown as text
 */
public record AdminOptions(
    Optional<AdminAddress> listen,
    AdminExposure exposure,
    ImmutableSet<String> hosts,
    int seriesPerDatastore,
    Optional<StatusText> statusText) {

  /** The maximum of {@link #seriesPerDatastore}; each datastore has about ten series. */
  public static final int MOST_SERIES = 10_000;

  public AdminOptions {
    if (seriesPerDatastore < 0 || seriesPerDatastore > MOST_SERIES) {
      throw new IllegalArgumentException(
          "not between 0 and %d: %d".formatted(MOST_SERIES, seriesPerDatastore));
    }
  }

  /** No admin listener: what a server in a test or in another program needs. */
  public static AdminOptions none() {
    return new AdminOptions(
        Optional.empty(), AdminExposure.PROBES_ONLY, ImmutableSet.of(), 0, Optional.empty());
  }

  public static AdminOptions at(AdminAddress address) {
    return none().withListen(Optional.of(address));
  }

  public AdminOptions withListen(Optional<AdminAddress> other) {
    return new AdminOptions(other, exposure, hosts, seriesPerDatastore, statusText);
  }

  public AdminOptions withExposure(AdminExposure other) {
    return new AdminOptions(listen, other, hosts, seriesPerDatastore, statusText);
  }

  public AdminOptions withHosts(Set<String> names) {
    return new AdminOptions(
        listen,
        exposure,
        names.stream().map(Ascii::toLowerCase).collect(ImmutableSet.toImmutableSet()),
        seriesPerDatastore,
        statusText);
  }

  public AdminOptions withSeriesPerDatastore(int most) {
    return new AdminOptions(listen, exposure, hosts, most, statusText);
  }

  public AdminOptions withStatusText(StatusText text) {
    return new AdminOptions(listen, exposure, hosts, seriesPerDatastore, Optional.of(text));
  }
}
