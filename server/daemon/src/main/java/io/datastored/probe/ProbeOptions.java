package io.datastored.probe;

import java.time.Duration;

/**
 * Options of the probes. Immutable.
 *
 * @param freshness a value older than this is asked for again, and younger than this is not
 * @param limit a probe that has run for longer counts as hung: it is reported, and its place goes
 *     to another
 * @param parallel how many probes run at a time, hung ones not counted
 * @param mostHung when so many hang, no further one is started until one returns: each holds a
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
