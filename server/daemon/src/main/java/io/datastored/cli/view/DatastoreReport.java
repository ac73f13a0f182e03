package io.datastored.cli.view;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.datastored.service.wire.SettingsPaths;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.LegacyPrune;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.Revision;
import java.io.PrintWriter;
import java.util.TreeMap;

/**
 * A datastore report prints one datastore for people, a property per line. Confined to the
 * command's thread.
 */
public final class DatastoreReport {

  private final PrintWriter out;

  public DatastoreReport(PrintWriter out) {
    this.out = out;
  }

  /** Prints name, path and mode, without the settings. */
  public void head(Datastore datastore, Revision revision) {
    out.println(datastore.getName());
    maintenance(datastore.getMaintenance());
    line("mount", Labels.of(datastore.getMountState()));
    line("etag", datastore.getEtag());
    line("generation", datastore.getGeneration() + " of " + Labels.of(revision));
  }

  private void maintenance(Maintenance maintenance) {
    line("mode", VisibleText.of(Labels.of(maintenance)));
    if (maintenance.getMode() == MaintenanceMode.MAINTENANCE_MODE_NONE) {
      return;
    }
    if (maintenance.hasSince()) {
      String by = maintenance.getSetBy().isEmpty() ? "an edit of the file" : maintenance.getSetBy();
      line("since", Labels.of(maintenance.getSince()) + ", set by " + VisibleText.of(by));
    }
    if (maintenance.hasExpectedEnd()) {
      line("expected end", Labels.of(maintenance.getExpectedEnd()));
    }
  }

  /** Prints the settings, spelled as in the file. */
  public void settings(DatastoreSettings settings) {
    for (FieldDescriptor field : settings.getAllFields().keySet()) {
      if (field.isMapField()) {
        settings.getOtherPropertiesMap().forEach(this::line);
      } else if (field.getName().equals("legacy_prune")) {
        legacy(settings.getLegacyPrune());
      } else {
        line(SettingsPaths.key(field), PropertyText.print(settings, field));
      }
    }
  }

  private void legacy(LegacyPrune prune) {
    // The map is complete; the fields beside it are for clients that do not know the map.
    new TreeMap<>(prune.getKeepMap()).forEach((key, count) -> line(key, count.toString()));
    if (prune.hasSchedule()) {
      line("prune-schedule", prune.getSchedule());
    }
  }

  public void line(String key, String value) {
    out.printf("  %-13s  %s%n", key, VisibleText.of(value));
  }
}
