package io.datastored.history.file;

import java.nio.file.FileSystemException;

/**
 * A state directory exception says, in one sentence for an operator, why a state directory cannot
 * be used.
 */
public final class StateDirectoryException extends Exception {

  private static final long serialVersionUID = 1L;

  StateDirectoryException(String message) {
    super(message);
  }

  StateDirectoryException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What has failed, for a sentence to an operator. */
  static String reason(Exception e) {
    String message = e.getMessage();
    return e instanceof FileSystemException && message != null
        ? e.getClass().getSimpleName().replace("Exception", "") + ": " + message
        : String.valueOf(message);
  }
}
