package io.datastored.probe;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A probe asks a file system about a base directory. Thread-safe. It may take for ever: a dead
 * network mount does not answer and does not listen to interrupts either.
 */
@FunctionalInterface
public interface Probe {

  /**
   * @throws IOException with a message for operators when the directory cannot be asked
   */
  Measurement measure(Path basePath) throws IOException;
}
