package io.datastored.probe;

import java.time.Duration;

/**
 * Probe options are the limits and the interval of probes. Immutable; made by a {@link Builder}.
 *
 * @param freshness a value is probed again once it is older than this
 * @param limit a probe that has run for longer counts as hung: it is reported, and its place goes
 *     to another
 * @param parallel the maximum number of running probes, hung ones not counted
 * @param mostHung at this many hung probes, no other is started until one returns: each holds a
 *     thread
 */
public record ProbeOptions(Duration freshness, Duration limit, int parallel, int mostHung) {

  /** A builder of probe options; unset options keep their defaults. Not thread-safe. */
  public static final class Builder {
    public Duration freshness = Duration.ofSeconds(10);
    public Duration limit = Duration.ofSeconds(5);
    public int parallel = 4;
    public int mostHung = 64;

    public ProbeOptions build() {
      return new ProbeOptions(freshness, limit, parallel, mostHung);
    }
  }
}
