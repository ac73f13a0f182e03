package io.datastored.client.conformance;

import io.datastored.client.AppliedFrame;
import io.datastored.client.ClientListener;
import io.datastored.client.SessionOpened;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A tape records all events of a client from its start. Thread-safe: a thread that waits for an
 * event holds its lock and is woken by each event.
 */
final class Tape implements ClientListener {

  private final List<AppliedFrame> frames = new ArrayList<>();
  private @Nullable SessionOpened session;
  private int played;

  @Override
  public synchronized void onFrame(AppliedFrame frame) {
    frames.add(frame);
    notifyAll();
  }

  @Override
  public synchronized void onSession(SessionOpened opened) {
    session = opened;
    notifyAll();
  }

  synchronized SessionOpened session(Duration patience)
      throws InterruptedException, TimeoutException {
    return await(() -> session, patience);
  }

  /** The first frame, even if it was already played. */
  synchronized AppliedFrame first(Duration patience) throws InterruptedException, TimeoutException {
    return await(() -> frames.isEmpty() ? null : frames.get(0), patience);
  }

  /** The next frame that was not played, except bookmarks. */
  AppliedFrame next(Duration patience) throws InterruptedException, TimeoutException {
    while (true) {
      AppliedFrame frame = nextOfAnyKind(patience);
      if (frame.kind() != AppliedFrame.Kind.BOOKMARK) {
        return frame;
      }
    }
  }

  /** The next frame that was not played. */
  synchronized AppliedFrame nextOfAnyKind(Duration patience)
      throws InterruptedException, TimeoutException {
    AppliedFrame frame = await(() -> played < frames.size() ? frames.get(played) : null, patience);
    played++;
    return frame;
  }

  private <T> T await(Supplier<@Nullable T> wanted, Duration patience)
      throws InterruptedException, TimeoutException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      T found = wanted.get();
      if (found != null) {
        return found;
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new TimeoutException("nothing within " + patience.toMillis() + " ms");
      }
      wait(left);
    }
  }
}
