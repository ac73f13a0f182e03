package io.datastored.client;

/**
 * Unavailable says that nobody has answered: not in time, or nobody will, because a certificate is
 * not trusted for example. Its message tells what was tried and why it failed; its cause is the
 * failure of the connection, if there was one. Whether the server has done what it was asked to is
 * not known; a lease that it may have granted is given back by the client.
 */
public final class UnavailableException extends DatastoredException {
  private static final long serialVersionUID = 1;

  UnavailableException(String message) {
    super(message);
  }

  UnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
