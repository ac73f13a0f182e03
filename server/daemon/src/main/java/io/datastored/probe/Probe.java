package io.datastored.probe;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A probe queries a file system about a base directory. Thread-safe. It may block indefinitely: a
 * dead network mount neither answers nor reacts to interrupts.
 */
@FunctionalInterface
public interface Probe {

  /**
   * @throws IOException with a message for operators if the directory cannot be queried
   */
  Measurement measure(Path basePath) throws IOException;
}
