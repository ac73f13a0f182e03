package io.datastored.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Spare descriptors are open files without a use of their own: they are closed while a change is
 * read or committed, so that this succeeds even if connections have taken all other descriptors of
 * the process. Thread-safe.
 */
public final class SpareDescriptors implements AutoCloseable {

  /**
   * More than a commit has open at a time (two new files, the replaced content, a directory),
   * because new connections may take some in between.
   */
  private static final int SPARE = 8;

  private static final String NOTHING = "/dev/null";

  @GuardedBy("this")
  private final Deque<FileInputStream> spare = new ArrayDeque<>();

  @GuardedBy("this")
  private boolean closed;

  /** Opens as many as possible. */
  public SpareDescriptors() {
    fill();
  }

  /** Lent descriptors, given back by closing this. */
  public interface Lent extends AutoCloseable {
    @Override
    void close();
  }

  /** Frees the descriptors until the result is closed. */
  public Lent lend() {
    release();
    return this::fill;
  }

  private synchronized void release() {
    while (!spare.isEmpty()) {
      try {
        spare.pop().close();
      } catch (IOException e) {
        // The descriptor is free even so.
      }
    }
  }

  private synchronized void fill() {
    try {
      while (!closed && spare.size() < SPARE) {
        spare.push(new FileInputStream(NOTHING));
      }
    } catch (IOException e) {
      // No descriptor is left now; the next attempt may succeed.
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    release();
  }
}
