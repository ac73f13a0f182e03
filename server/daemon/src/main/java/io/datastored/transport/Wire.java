package io.datastored.transport;

/** What the bytes of a connection are. Immutable. */
public enum Wire {
  /** Frames of HTTP/2. */
  CLEAR,
  /** TLS, and frames in it. */
  ENCRYPTED
}
