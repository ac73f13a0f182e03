package io.datastored.engine.snapshot;

import io.datastored.config.DatastoreName;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A name table finds a datastore by its name with as few dependent reads as possible: a lookup
 * waits for each of them before it can count. Immutable.
 *
 * <p>Open addressing, at most half full. A general map has an entry and a key between its table and
 * the value, which costs two more dependent reads.
 */
final class NameTable {

  /** The golden ratio as a fraction of 2^32: neighbouring hashes land far apart. */
  private static final int SPREAD = 0x9E3779B9;

  private static final int LEAST = 2;

  private final @Nullable Datastore[] slots;
  private final int shift;

  private NameTable(@Nullable Datastore[] slots) {
    this.slots = slots;
    this.shift = Integer.numberOfLeadingZeros(slots.length) + 1;
  }

  /** The table of datastores with distinct names. */
  static NameTable of(Collection<Datastore> datastores) {
    int size = Integer.highestOneBit(Math.max(LEAST, datastores.size() * 2 - 1)) * 2;
    NameTable table = new NameTable(new @Nullable Datastore[size]);
    datastores.forEach(table::put);
    return table;
  }

  private void put(Datastore datastore) {
    int at = slot(datastore.name());
    Datastore there = slots[at];
    while (there != null && !there.name().equals(datastore.name())) {
      at = at + 1 & slots.length - 1;
      there = slots[at];
    }
    slots[at] = datastore;
  }

  @Nullable Datastore get(DatastoreName name) {
    int at = slot(name);
    while (true) {
      // The mask lets the compiler omit the bounds check.
      Datastore found = slots[at & slots.length - 1];
      if (found == null || found.name().equals(name)) {
        return found;
      }
      at++;
    }
  }

  private int slot(DatastoreName name) {
    return name.hashCode() * SPREAD >>> shift;
  }
}
