package io.datastored.config;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Canonical properties are keys and values in canonical form, in alphabetical order. Immutable. */
public final class CanonicalProperties {

  private static final Property[] KNOWN = Property.values();

  private CanonicalProperties() {}

  public static ImmutableSortedMap<String, String> of(
      DatastoreSettings settings, MaintenanceSetting maintenance) {
    ImmutableSortedMap.Builder<String, String> map = ImmutableSortedMap.naturalOrder();
    forEach(settings, maintenance, map::put);
    return map.build();
  }

  /**
   * Calls a visitor with each key and value. Known and other properties are not in a common order.
   */
  public static void forEach(
      DatastoreSettings settings,
      MaintenanceSetting maintenance,
      BiConsumer<String, String> visitor) {
    for (Property property : KNOWN) {
      Optional<String> value =
          property == Property.MAINTENANCE_MODE
              ? MaintenanceText.print(maintenance)
              : property.print(settings);
      if (value.isPresent()) {
        visitor.accept(property.key(), value.get());
      }
    }
    for (Map.Entry<String, String> other : settings.otherProperties().entrySet()) {
      visitor.accept(other.getKey(), other.getValue());
    }
  }
}
