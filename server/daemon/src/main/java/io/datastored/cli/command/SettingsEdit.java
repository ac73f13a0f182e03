package io.datastored.cli.command;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.FieldMask;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.PropertyText;
import io.datastored.service.wire.SettingsPaths;
import io.datastored.v1.DatastoreSettings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A settings edit is the change of a datastore's settings that a command line asks for. Immutable.
 *
 * @param set the text of each property that gets a value
 * @param others properties that the contract does not know, with their values
 * @param unset properties to remove, of either kind; {@code tuning.sync-level} is a part of one
 */
record SettingsEdit(
    ImmutableMap<String, String> set,
    ImmutableMap<String, String> others,
    ImmutableList<String> unset) {

  private static final Descriptor SETTINGS = DatastoreSettings.getDescriptor();
  private static final String OTHER_PROPERTIES = "other_properties";

  /** Properties that {@code --unset} does not remove, and what to do instead. */
  private static final ImmutableMap<String, String> FIXED =
      ImmutableMap.of(
          "maintenance-mode", "clear it: datastored maintenance clear %s",
          "name", "it is the name of the section",
          "path", "a datastore needs one; change it with --path",
          "backing-device", "it cannot be changed after creation");

  /**
   * Rejects properties that cannot be removed, and unknown properties that the datastore does not
   * have, which are most likely misspelled.
   *
   * @param present the properties of the datastore that the contract does not know
   */
  void requireRemovable(String datastore, Map<String, String> present) {
    for (String property : unset) {
      String why = FIXED.get(property);
      if (why != null) {
        throw new CommandFailed(
            ExitStatus.USAGE,
            "--unset cannot remove %s: %s.".formatted(property, why.formatted(datastore)));
      }
      if (SettingsPaths.of(property).isEmpty() && !present.containsKey(property)) {
        throw new CommandFailed(
            ExitStatus.USAGE,
            ("There is no property '%s', and %s has none of that name: 'datastored get %s' shows"
                    + " those that it has.")
                .formatted(property, datastore, datastore));
      }
    }
  }

  /** Whether it changes properties that share one map, so that the others must be read first. */
  boolean touchesOthers() {
    return !others.isEmpty()
        || unset.stream().anyMatch(property -> SettingsPaths.of(property).isEmpty());
  }

  boolean isEmpty() {
    return set.isEmpty() && others.isEmpty() && unset.isEmpty();
  }

  /**
   * The settings to send.
   *
   * @param present the present properties of the datastore that the contract does not know
   */
  DatastoreSettings settings(Map<String, String> present) {
    var settings = DatastoreSettings.newBuilder();
    set.forEach((property, text) -> read(settings, property, text));
    if (touchesOthers()) {
      var all = new TreeMap<>(present);
      all.putAll(others);
      unset.stream().filter(property -> SettingsPaths.of(property).isEmpty()).forEach(all::remove);
      settings.putAllOtherProperties(all);
    }
    return settings.build();
  }

  /**
   * The parts of {@link #settings} to apply: only the named parts of a property string are
   * replaced.
   */
  FieldMask mask() {
    var mask = FieldMask.newBuilder();
    set.forEach((property, text) -> mask.addAllPaths(paths(property, text)));
    unset.forEach(property -> SettingsPaths.of(property).ifPresent(mask::addPaths));
    if (touchesOthers()) {
      mask.addPaths(OTHER_PROPERTIES);
    }
    return mask.build();
  }

  private static void read(DatastoreSettings.Builder into, String property, String text) {
    try {
      FieldDescriptor field = SettingsPaths.field(SETTINGS, property).orElseThrow();
      // An empty text removes the property, whatever its type.
      if (!text.isEmpty()) {
        PropertyText.read(into, field, text);
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new CommandFailed(
          ExitStatus.USAGE, "invalid value for --%s: %s.".formatted(property, e.getMessage()), e);
    }
  }

  private static List<String> paths(String property, String text) {
    FieldDescriptor field = SettingsPaths.field(SETTINGS, property).orElseThrow();
    if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE || text.isEmpty()) {
      return List.of(field.getName());
    }
    return PropertyText.parts(field, text).keySet().stream()
        .map(part -> field.getName() + "." + part.getName())
        .toList();
  }
}
