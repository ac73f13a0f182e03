package io.datastored.promise;

import com.google.common.collect.ImmutableList;
import io.datastored.history.Generation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** Replicas whose first one is this server, and as a test wants them. Thread-safe. */
public final class FakeReplicas implements Replicas {

  public final AtomicReference<CompletableFuture<Void>> applied =
      new AtomicReference<>(CompletableFuture.allOf());
  public volatile ImmutableList<Replica> all = ImmutableList.of();

  private final String name;
  private final AtomicReference<Optional<Duration>> unconfirmed;

  public FakeReplicas(String name, AtomicReference<Optional<Duration>> unconfirmed) {
    this.name = name;
    this.unconfirmed = unconfirmed;
  }

  /** Some that are in touch. */
  public static FakeReplicas of(String name) {
    return new FakeReplicas(name, new AtomicReference<>(Optional.empty()));
  }

  @Override
  public Optional<Me> me() {
    return Optional.of(new Me(name, Optional.of(new LifeId("aaaaaaaa"))));
  }

  @Override
  public ImmutableList<Replica> all() {
    return all;
  }

  @Override
  public Optional<Duration> unconfirmed() {
    return unconfirmed.get();
  }

  @Override
  public Optional<ReplicaFigures> figures() {
    return Optional.empty();
  }

  @Override
  public CompletableFuture<Void> applied(Generation generation) {
    return applied.get();
  }
}
