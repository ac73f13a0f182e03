package io.datastored.client;

import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Client sources provide a client with time, randomness and ids. Immutable; all four sources must
 * be thread-safe.
 *
 * @param nanoTime monotonic clock, in nanoseconds from an arbitrary origin
 * @param wallClock wall clock; used to detect that the machine was suspended, and to compute {@link
 *     RefusedException#retryAfter()} from the expected end of a maintenance
 * @param random source of randomness that spreads out retries
 * @param ids generator of session and lease ids: 1 to 64 characters of [A-Za-z0-9._:-], each id
 *     unique
 */
public record ClientSources(
    LongSupplier nanoTime, InstantSource wallClock, RandomGenerator random, Supplier<String> ids) {

  /** The system's clocks, one random generator per thread, and random UUIDs. */
  public static ClientSources system() {
    return new ClientSources(
        System::nanoTime,
        InstantSource.system(),
        new ThreadRandom(),
        () -> UUID.randomUUID().toString());
  }

  /** These sources with another monotonic clock. */
  public ClientSources withNanoTime(LongSupplier source) {
    return new ClientSources(source, wallClock, random, ids);
  }

  /** These sources with another wall clock. */
  public ClientSources withWallClock(InstantSource source) {
    return new ClientSources(nanoTime, source, random, ids);
  }

  /** These sources with another source of randomness. */
  public ClientSources withRandom(RandomGenerator source) {
    return new ClientSources(nanoTime, wallClock, source, ids);
  }

  /** These sources with another generator of ids. */
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
