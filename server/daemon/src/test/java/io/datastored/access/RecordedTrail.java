package io.datastored.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.datastored.operation.Operation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** A recorded trail is the audit trail of a test: what it was told, as JSON. Thread-safe. */
public final class RecordedTrail implements AuditTrail {

  private final List<JsonObject> lines = new CopyOnWriteArrayList<>();
  private final Semaphore settling = new Semaphore(0);
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile CountDownLatch recording = new CountDownLatch(0);
  private volatile Optional<AuditEvent.Kind> slow = Optional.empty();
  private volatile Optional<String> obstacle = Optional.empty();

  @Override
  public void record(AuditEvent event) {
    if (slow.equals(Optional.of(event.kind()))) {
      Uninterruptibles.awaitUninterruptibly(recording);
    }
    String line = new String(new AuditLine(Object::toString).of(event, Instant.EPOCH), UTF_8);
    lines.add(JsonParser.parseString(line).getAsJsonObject());
  }

  /** The lines, oldest first. */
  public List<JsonObject> lines() {
    return List.copyOf(lines);
  }

  /** The only line about an event of this kind. */
  public JsonObject only(String event) {
    List<JsonObject> found =
        lines.stream().filter(line -> line.get("event").getAsString().equals(event)).toList();
    if (found.size() != 1) {
      throw new AssertionError("not one " + event + " in " + lines);
    }
    return found.get(0);
  }

  /** From now on nothing can be recorded; empty: it can again. */
  public void obstacle(Optional<String> why) {
    obstacle = why;
  }

  /** From now on whoever waits for the disk waits until {@link #letGo}. */
  public void block() {
    gate = new CountDownLatch(1);
  }

  /** From now on whoever records an event of this kind waits until {@link #letGo}. */
  public void blockAt(AuditEvent.Kind kind) {
    recording = new CountDownLatch(1);
    slow = Optional.of(kind);
  }

  /** Waits until somebody waits for the disk. */
  public void awaitSettling() {
    settling.acquireUninterruptibly();
  }

  public void letGo() {
    gate.countDown();
    recording.countDown();
  }

  @Override
  public boolean covers(Operation operation) {
    return operation == Operation.WRITE;
  }

  @Override
  public Optional<String> obstacle() {
    return obstacle;
  }

  @Override
  public Optional<String> settle() {
    settling.release();
    Uninterruptibles.awaitUninterruptibly(gate);
    return obstacle;
  }

  @Override
  public void report() {}
}
