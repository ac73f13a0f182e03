package io.datastored.daemon;

/** How far a server without TLS may be seen. Immutable. */
public enum Exposure {
  /** Only from this host: anything but loopback and Unix sockets needs TLS. */
  GUARDED,
  /** From anywhere, in clear text: for networks that something else protects. */
  INSECURE
}
