package io.datastored.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** A fake sink keeps lines in memory, with a test's hand on each write. Thread-safe. */
final class FakeSink implements AuditSink {

  private final StringBuilder text = new StringBuilder();
  private volatile Optional<String> failure = Optional.empty();
  private volatile int bytesUntilFailure = Integer.MAX_VALUE;
  private volatile Runnable onWrite = () -> {};
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private final Semaphore stuck = new Semaphore(0);
  private volatile int appends;
  private volatile boolean closed;

  /** Makes every check and write fail with the text of the system. */
  void fail(String text) {
    failure = Optional.of(text);
  }

  /** Makes the next write fail after so many bytes, and all later ones at once. */
  void failAfter(int bytes, String text) {
    bytesUntilFailure = bytes;
    onWrite = () -> failure = Optional.of(text);
  }

  /** Everything works again. */
  void heal() {
    failure = Optional.empty();
    bytesUntilFailure = Integer.MAX_VALUE;
    onWrite = () -> {};
  }

  /** Does something in each write. */
  void onWrite(Runnable action) {
    onWrite = action;
  }

  /** From now on a write hangs until {@link #letGo}. */
  void block() {
    gate = new CountDownLatch(1);
  }

  /** Waits until a write hangs. */
  void awaitStuck() {
    stuck.acquireUninterruptibly();
  }

  void letGo() {
    gate.countDown();
  }

  int appends() {
    return appends;
  }

  boolean isClosed() {
    return closed;
  }

  synchronized String text() {
    return text.toString();
  }

  /** The written lines; each must be JSON. */
  List<JsonObject> lines() {
    return text().lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
  }

  /** The events of the written lines. */
  List<String> events() {
    return lines().stream().map(line -> line.get("event").getAsString()).toList();
  }

  @Override
  public void check() throws IOException {
    hang();
    if (failure.isPresent()) {
      throw new IOException(failure.get());
    }
    synchronized (this) {
      // As a file does that is opened again with a torn line.
      if (text.length() > 0 && text.charAt(text.length() - 1) != '\n') {
        text.append('\n');
      }
    }
  }

  private void hang() {
    if (gate.getCount() > 0) {
      stuck.release();
      Uninterruptibles.awaitUninterruptibly(gate);
    }
  }

  @Override
  public void append(ByteBuffer lines) throws IOException {
    hang();
    appends++;
    onWrite.run();
    byte[] written = new byte[Math.min(lines.remaining(), bytesUntilFailure)];
    if (failure.isPresent() && bytesUntilFailure == Integer.MAX_VALUE) {
      throw new IOException(failure.get());
    }
    lines.get(written);
    synchronized (this) {
      text.append(new String(written, UTF_8));
    }
    if (failure.isPresent()) {
      bytesUntilFailure = 0;
      throw new IOException(failure.get());
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
