package io.datastored.client;

/** A datastored exception is why a call of the client has no result: refused, or unanswered. */
public abstract sealed class DatastoredException extends RuntimeException
    permits RefusedException, UnavailableException {
  private static final long serialVersionUID = 1;

  DatastoredException(String message) {
    super(message);
  }

  DatastoredException(String message, Throwable cause) {
    super(message, cause);
  }
}
