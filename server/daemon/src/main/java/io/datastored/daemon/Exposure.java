package io.datastored.daemon;

/** An exposure is where a server without TLS may be reachable from. Immutable. */
public enum Exposure {
  /** Only this host: anything but loopback and Unix sockets requires TLS. */
  GUARDED,
  /** Any host, in clear text: for networks that are protected otherwise. */
  INSECURE
}
