package io.datastored.admin;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableSet;
import io.datastored.service.call.StatusText;
import java.util.Optional;
import java.util.Set;

/**
 * Admin options are the options of the admin listener. Immutable; made by a {@link Builder}.
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

  /**
   * A builder of admin options; without changes there is no listener: what a server in a test or in
   * another program needs. Not thread-safe.
   */
  public static final class Builder {
    public Optional<AdminAddress> listen = Optional.empty();
    public AdminExposure exposure = AdminExposure.PROBES_ONLY;
    public Set<String> hosts = ImmutableSet.of();
    public int seriesPerDatastore;
    public Optional<StatusText> statusText = Optional.empty();

    public AdminOptions build() {
      return new AdminOptions(
          listen,
          exposure,
          hosts.stream().map(Ascii::toLowerCase).collect(ImmutableSet.toImmutableSet()),
          seriesPerDatastore,
          statusText);
    }
  }
}
