package io.datastored.client;

import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Client sources are where a client gets time, chance and names from. Immutable; all four must be
 * thread-safe.
 *
 * @param nanoTime a clock that never goes back, in nanoseconds
 * @param wallClock the wall clock; it decides nothing but that time was lost in a suspend
 * @param random spreads out retries
 * @param ids makes ids of sessions and leases: 1 to 64 of [A-Za-z0-9._:-], never the same twice
 */
public record ClientSources(
    LongSupplier nanoTime, InstantSource wallClock, RandomGenerator random, Supplier<String> ids) {

  /** The system's clocks, a random generator for each thread, and random UUIDs. */
  public static ClientSources system() {
    return new ClientSources(
        System::nanoTime,
        InstantSource.system(),
        new ThreadRandom(),
        () -> UUID.randomUUID().toString());
  }

  public ClientSources withNanoTime(LongSupplier source) {
    return new ClientSources(source, wallClock, random, ids);
  }

  public ClientSources withWallClock(InstantSource source) {
    return new ClientSources(nanoTime, source, random, ids);
  }

  public ClientSources withRandom(RandomGenerator source) {
    return new ClientSources(nanoTime, wallClock, source, ids);
  }

  public ClientSources withIds(Supplier<String> source) {
    return new ClientSources(nanoTime, wallClock, random, source);
  }

  private static final class ThreadRandom implements RandomGenerator {
    @Override
    public long nextLong() {
      return ThreadLocalRandom.current().nextLong();
    }
  }
}
