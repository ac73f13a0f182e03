package io.datastored.transport;

/** A wire is the form of the bytes of a connection. Immutable. */
public enum Wire {
  /** Frames of HTTP/2 in clear text. */
  CLEAR,
  /** Frames of HTTP/2 in TLS. */
  ENCRYPTED
}
