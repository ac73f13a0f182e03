package io.datastored.history.file;

import java.nio.file.FileSystemException;

/**
 * A state directory exception is thrown when a state directory cannot be used. Its message is one
 * sentence for the operator.
 */
public final class StateDirectoryException extends Exception {

  private static final long serialVersionUID = 1L;

  StateDirectoryException(String message) {
    super(message);
  }

  StateDirectoryException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The reason of a failure, as part of a message to the operator. */
  static String reason(Exception e) {
    String message = e.getMessage();
    return e instanceof FileSystemException && message != null
        ? e.getClass().getSimpleName().replace("Exception", "") + ": " + message
        : String.valueOf(message);
  }
}
