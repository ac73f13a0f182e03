package io.datastored.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.function.BiPredicate;

/** Path conflicts are base paths that stand in each other's way. Immutable. */
final class PathConflicts {

  private PathConflicts() {}

  static ImmutableList<PropertyFault> shared(
      ImmutableMap<DatastoreName, ConfigSection> sections,
      DatastoreName name,
      DatastoreSettings settings) {
    return find(sections, name, settings, "path is the base path of", String::equals);
  }

  static ImmutableList<PropertyFault> nested(
      ImmutableMap<DatastoreName, ConfigSection> sections,
      DatastoreName name,
      DatastoreSettings settings) {
    return find(
        sections,
        name,
        settings,
        "path is inside or around the base path of",
        (a, b) -> BasePath.isInside(a, b) || BasePath.isInside(b, a));
  }

  private static ImmutableList<PropertyFault> find(
      ImmutableMap<DatastoreName, ConfigSection> sections,
      DatastoreName name,
      DatastoreSettings settings,
      String what,
      BiPredicate<String, String> conflict) {
    String key = BasePath.key(settings);
    for (ConfigSection other : sections.values()) {
      if (!other.name().equals(name) && conflict.test(key, BasePath.key(other.settings()))) {
        return ImmutableList.of(
            new PropertyFault("path", what + " datastore '" + other.name() + "'"));
      }
    }
    return ImmutableList.of();
  }
}
