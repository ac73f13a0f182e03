package io.datastored.engine;

import java.util.Locale;

/** A reload cause is why another snapshot is served. */
public enum ReloadCause {
  /** The engine was opened. */
  START,
  /** A write of this process. */
  WRITE,
  /** The configuration file was edited, and this process found it first. */
  EDIT,
  /** A device was mounted, or has vanished. */
  DEVICE,
  /** Another process has committed a change. */
  OTHER_PROCESS;

  /** The word in metrics. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
