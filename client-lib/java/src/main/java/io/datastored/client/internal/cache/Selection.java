package io.datastored.client.internal.cache;

import java.util.List;

/**
 * A selection is the set of datastores that are kept in memory. Immutable.
 *
 * @param entries names, or prefixes that end in {@code *}; empty: all datastores
 */
public record Selection(List<String> entries) {

  public boolean isAll() {
    return entries.isEmpty();
  }

  public boolean covers(String name) {
    return isAll() || entries.stream().anyMatch(entry -> matches(entry, name));
  }

  private static boolean matches(String entry, String name) {
    return entry.endsWith("*")
        ? name.startsWith(entry.substring(0, entry.length() - 1))
        : name.equals(entry);
  }
}
