package io.datastored.cli.flag;

import io.datastored.cli.view.Labels;
import io.datastored.v1.MaintenanceMode;

/** A settable mode is a maintenance mode that the command line can set. Immutable. */
public enum SettableMode {
  READ_ONLY(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY),
  OFFLINE(MaintenanceMode.MAINTENANCE_MODE_OFFLINE),
  DELETE(MaintenanceMode.MAINTENANCE_MODE_DELETE),
  UNMOUNT(MaintenanceMode.MAINTENANCE_MODE_UNMOUNT),
  S3_REFRESH(MaintenanceMode.MAINTENANCE_MODE_S3_REFRESH);

  private final MaintenanceMode wire;

  SettableMode(MaintenanceMode wire) {
    this.wire = wire;
  }

  public MaintenanceMode wire() {
    return wire;
  }

  @Override
  public String toString() {
    return Labels.of(wire);
  }
}
