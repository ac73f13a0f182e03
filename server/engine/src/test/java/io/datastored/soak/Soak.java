package io.datastored.soak;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A soak is one item of the long run: how often something is tried, from which seed, and how often
 * it went wrong. Immutable.
 *
 * <p>System properties: {@code soak.scale} (1.0 is the whole count, 0.01 when it is not given, as
 * in an ordinary build), {@code soak.seed} (a new one for each item when it is not given), {@code
 * soak.report} (a file that gets one line for each item).
 */
public final class Soak {

  private static final double SCALE = Double.parseDouble(property("soak.scale", "0.01"));

  private static final int TOLD = 5;

  private final String item;
  private final long seed;
  private final long startedNanos;

  private Soak(String item, long seed, long startedNanos) {
    this.item = item;
    this.seed = seed;
    this.startedNanos = startedNanos;
  }

  /** Begins an item, named by what it shows, for example "no lookup is counted twice". */
  public static Soak of(String item) {
    long seed = Long.parseLong(property("soak.seed", Long.toString(System.nanoTime())));
    return new Soak(item, seed, System.nanoTime());
  }

  /** How often to try in this run, for what is tried {@code whole} times in a whole one. */
  public int times(int whole) {
    return (int) Math.max(1, Math.round(whole * SCALE));
  }

  public long seed() {
    return seed;
  }

  /** Randomness that repeats itself with the seed; one for each thread, split off it. */
  public SplittableRandom random() {
    return new SplittableRandom(seed);
  }

  /**
   * Ends the item and records it.
   *
   * @param count how often it was tried
   * @param violations how often it went wrong
   * @throws AssertionError if it ever went wrong
   */
  public void end(long count, long violations) {
    end(count, violations, "");
  }

  /**
   * Ends the item; the error tells the first of what went wrong.
   *
   * @param count how often it was tried
   * @param violations what went wrong, a sentence each
   * @throws AssertionError if it ever went wrong
   */
  public void end(long count, List<String> violations) {
    String first = violations.stream().limit(TOLD).map("\n  "::concat).collect(joining());
    end(count, violations.size(), first);
  }

  private void end(long count, long violations, String first) {
    long millis = Duration.ofNanos(System.nanoTime() - startedNanos).toMillis();
    record(String.join("\t", item, "" + seed, "" + count, "" + violations, "" + millis) + "\n");
    if (violations > 0) {
      throw new AssertionError(
          item + ": " + violations + " violations in " + count + ", soak.seed=" + seed + first);
    }
  }

  private static void record(String line) {
    String report = property("soak.report", "");
    if (report.isEmpty()) {
      return;
    }
    try {
      Files.writeString(Path.of(report), line, CREATE, APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String property(String name, String unless) {
    String value = System.getProperty(name, "");
    return value.isEmpty() ? unless : value;
  }
}
