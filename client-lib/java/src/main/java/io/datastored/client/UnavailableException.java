package io.datastored.client;

/**
 * An unavailable exception reports that there was no answer in time, or that none can be expected,
 * for example because a certificate is not trusted. Its message says what was tried and why it
 * failed; its cause is the failure of the connection, if there was one. It is unknown whether the
 * server carried out the request; the client releases a lease that may have been granted.
 */
public final class UnavailableException extends DatastoredException {
  private static final long serialVersionUID = 1;

  public UnavailableException(String message) {
    super(message);
  }

  public UnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
