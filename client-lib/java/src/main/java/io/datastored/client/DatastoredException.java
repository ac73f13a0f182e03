package io.datastored.client;

/**
 * A datastored exception is the reason that a call has no result: it was refused ({@link
 * RefusedException}) or not answered ({@link UnavailableException}).
 */
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
