package io.datastored.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Spare descriptors are open files that nobody needs: they are closed for the moment in which a
 * change must be read or committed, so that this can be done when connections have taken all
 * descriptors that a process may have. Thread-safe.
 */
public final class SpareDescriptors implements AutoCloseable {

  /**
   * More than one commit has open at a time (two new files, the content that is replaced, a
   * directory), because connections may come in between and take some.
   */
  private static final int SPARE = 8;

  private static final String NOTHING = "/dev/null";

  private final int count;

  @GuardedBy("this")
  private final Deque<FileInputStream> spare = new ArrayDeque<>();

  @GuardedBy("this")
  private boolean closed;

  /**
   * @param count how many are wanted
   */
  private SpareDescriptors(int count) {
    this.count = count;
    fill();
  }

  /** Opens as many as it can. */
  public static SpareDescriptors open() {
    return new SpareDescriptors(SPARE);
  }

  /** There are none, for those who keep nothing in files. */
  public static SpareDescriptors none() {
    return new SpareDescriptors(0);
  }

  /** What was lent is given back by closing it. */
  public interface Lent extends AutoCloseable {
    @Override
    void close();
  }

  /** Lets others have them until it is closed. */
  public Lent lend() {
    release();
    return this::fill;
  }

  private synchronized void release() {
    while (!spare.isEmpty()) {
      try {
        spare.pop().close();
      } catch (IOException e) {
        // The descriptor is free all the same.
      }
    }
  }

  private synchronized void fill() {
    try {
      while (!closed && spare.size() < count) {
        spare.push(new FileInputStream(NOTHING));
      }
    } catch (IOException e) {
      // There is none left now; the next time there may be.
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    release();
  }
}
