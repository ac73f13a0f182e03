package io.datastored.admin;

/** An admin exposure is what other hosts may ask of the admin listener. Immutable. */
public enum AdminExposure {
  /** Whether the server is alive and ready, without a reason; everything else only this host. */
  PROBES_ONLY,
  /** Everything, encrypted with the server's certificate. */
  ENCRYPTED,
  /** Everything in clear text: for networks that are protected otherwise. */
  INSECURE
}
