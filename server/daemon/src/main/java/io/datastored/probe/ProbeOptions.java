package io.datastored.probe;

import java.time.Duration;

/**
 * Probe options are the limits and the interval of probes. Immutable.
 *
 * @param freshness a value is probed again once it is older than this
 * @param limit a probe that has run for longer counts as hung: it is reported, and its place goes
 *     to another
 * @param parallel the maximum number of running probes, hung ones not counted
 * @param mostHung at this many hung probes, no other is started until one returns: each holds a
 *     thread
 */
public record ProbeOptions(Duration freshness, Duration limit, int parallel, int mostHung) {

  public static ProbeOptions defaults() {
    return new ProbeOptions(Duration.ofSeconds(10), Duration.ofSeconds(5), 4, 64);
  }

  public ProbeOptions withFreshness(Duration freshness) {
    return new ProbeOptions(freshness, limit, parallel, mostHung);
  }

  public ProbeOptions withLimit(Duration limit) {
    return new ProbeOptions(freshness, limit, parallel, mostHung);
  }
}
