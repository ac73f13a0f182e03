package io.datastored.access;

import com.google.common.util.concurrent.Uninterruptibles;
import io.datastored.operation.Operation;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A hanging trail stops whoever records an event of one kind. Thread-safe. */
public final class HangingTrail implements AuditTrail {
  private final AuditEvent.Kind kind;
  private final CountDownLatch gate = new CountDownLatch(1);

  public HangingTrail(AuditEvent.Kind kind) {
    this.kind = kind;
  }

  public void letGo() {
    gate.countDown();
  }

  @Override
  public void record(AuditEvent event) {
    if (event.kind() == kind) {
      Uninterruptibles.awaitUninterruptibly(gate);
    }
  }

  @Override
  public boolean covers(Operation operation) {
    return false;
  }

  @Override
  public Optional<String> obstacle() {
    return Optional.empty();
  }

  @Override
  public Optional<String> settle() {
    return Optional.empty();
  }

  @Override
  public void report() {}
}
