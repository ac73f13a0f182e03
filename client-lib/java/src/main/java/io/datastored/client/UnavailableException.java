package io.datastored.client;

/**
 * Unavailable says that there was no answer in time. Its message tells what was tried. Whether the
 * server has done what it was asked to is not known; a lease that it may have granted is given back
 * by the client.
 */
public final class UnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnavailableException(String message) {
    super(message);
  }

  UnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
