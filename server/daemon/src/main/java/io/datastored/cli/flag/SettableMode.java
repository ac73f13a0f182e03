package io.datastored.cli.flag;

import io.datastored.service.wire.ProtoWords;
import io.datastored.v1.MaintenanceMode;

/** A settable mode is a maintenance mode that the command line can set. Immutable. */
public enum SettableMode {
  READ_ONLY,
  OFFLINE,
  DELETE,
  UNMOUNT,
  S3_REFRESH;

  public MaintenanceMode wire() {
    return MaintenanceMode.valueOf("MAINTENANCE_MODE_" + name());
  }

  @Override
  public String toString() {
    return ProtoWords.word(wire()).orElseThrow();
  }
}
