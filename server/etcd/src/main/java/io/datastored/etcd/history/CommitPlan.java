package io.datastored.etcd.history;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import io.datastored.config.DatastoreName;
import io.datastored.config.NameMap;
import io.datastored.config.document.ConfigSlices;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Condition;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedDatastore;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A commit plan is the transaction that makes a draft the accepted state. Immutable.
 *
 * @param id of the commit
 * @param when the head and each section that is touched are what was seen
 * @param then what is written
 */
record CommitPlan(CommitId id, ImmutableList<Condition> when, ImmutableList<Change> then) {

  /** The default of etcd's option {@code --max-txn-ops}, for conditions and for writes. */
  static final int MOST_OPERATIONS = 128;

  /** Below the default of etcd's option {@code --max-request-bytes}, 1.5 MiB. */
  static final int MOST_BYTES = 1_400_000;

  private static final byte[] NOTHING = {};

  /**
   * The plan.
   *
   * @param on what the draft is based on
   * @param content the configuration of the draft
   * @throws StoreException when it is too large for one transaction
   */
  static CommitPlan of(Keys keys, Basis on, AcceptedState state, ConfigContent content, CommitId id)
      throws StoreException {
    return new Making(keys, on).plan(state, content, id);
  }

  /**
   * What a draft is based on. Immutable.
   *
   * @param seen everything that was written to etcd until this revision is accepted with it
   */
  record Basis(View view, long seen) {}

  /** A plan that is being made. Confined to one thread. */
  private static final class Making {
    private final Keys keys;
    private final View on;
    private final long seen;
    private final List<Condition> when = new ArrayList<>();

    /** What is written besides the head. */
    private final List<Change> then = new ArrayList<>();

    private int datastores;
    private long bytes;

    Making(Keys keys, Basis on) {
      this.keys = keys;
      this.on = on.view();
      this.seen = on.seen();
    }

    CommitPlan plan(AcceptedState state, ConfigContent content, CommitId id) throws StoreException {
      when.add(new Condition(keys.head(), on.headModified()));
      // A later version may have forbidden this one to write.
      when.add(new Condition(keys.schema(), on.schemaModified()));
      Map<DatastoreName, StoredSection> wanted = new HashMap<>();
      if (content.exists()) {
        ConfigSlices slices = ConfigSlices.of(content.bytes());
        preamble(slices.preamble());
        sections(wanted, state, slices.sections());
      }
      unwritten(wanted, state);
      wanted.forEach(this::put);
      on.sections()
          .forEach(
              (name, slot) -> {
                if (!wanted.containsKey(name)) {
                  touch(name, slot);
                  if (slot.present() != null) {
                    write(keys.datastore(name), Optional.empty());
                  }
                }
              });
      removals(state);
      byte[] head = on.head().next(state, id, then.size(), seen).write();
      bytes += head.length;
      checkSize();
      return new CommitPlan(
          id,
          ImmutableList.copyOf(when),
          ImmutableList.<Change>builder()
              .add(new Change(keys.head(), Optional.of(head)))
              .addAll(then)
              .build());
    }

    private void preamble(byte[] text) {
      Slot<byte[]> slot = on.preamble();
      if (!slot.isClean() || slot.present() == null || !Arrays.equals(slot.present(), text)) {
        when.add(new Condition(keys.preamble(), slot.compared()));
        write(keys.preamble(), Optional.of(text));
      }
    }

    private void sections(
        Map<DatastoreName, StoredSection> wanted, AcceptedState state, NameMap<byte[]> slices) {
      OptionalLong[] present =
          slices.keySet().stream().map(this::rankOf).toArray(OptionalLong[]::new);
      long[] ranks = Ranks.assign(present);
      int place = 0;
      for (Map.Entry<DatastoreName, byte[]> slice : slices.entrySet()) {
        wanted.put(
            slice.getKey(),
            new StoredSection(
                OptionalLong.of(ranks[place++]),
                Optional.ofNullable(state.datastores().get(slice.getKey())),
                slice.getValue()));
      }
    }

    /** Datastores that are served although the configuration has no section of them. */
    private void unwritten(Map<DatastoreName, StoredSection> wanted, AcceptedState state) {
      for (Map.Entry<DatastoreName, AcceptedDatastore> entry : state.datastores().entrySet()) {
        DatastoreName name = entry.getKey();
        if (!wanted.containsKey(name)) {
          OptionalLong rank = OptionalLong.of(rankOf(name).orElse(Ranks.STEP));
          wanted.put(name, new StoredSection(rank, Optional.of(entry.getValue()), NOTHING));
        }
      }
    }

    private OptionalLong rankOf(DatastoreName name) {
      Slot<StoredSection> slot = on.section(name);
      StoredSection present = slot.present();
      StoredSection accepted = slot.accepted();
      if (present != null && present.rank().isPresent()) {
        return present.rank();
      }
      // A value that was put by hand stands at the end, where it was read.
      return present != null || accepted == null ? OptionalLong.empty() : accepted.rank();
    }

    private void put(DatastoreName name, StoredSection section) {
      Slot<StoredSection> slot = on.section(name);
      if (!slot.isClean() || !section.equals(slot.accepted())) {
        touch(name, slot);
        write(keys.datastore(name), Optional.of(section.write(name)));
      }
    }

    private void touch(DatastoreName name, Slot<StoredSection> slot) {
      when.add(new Condition(keys.datastore(name), slot.compared()));
      datastores++;
    }

    private void removals(AcceptedState state) {
      state
          .removed()
          .forEach(
              (name, generation) -> {
                if (!generation.equals(on.state().removed().get(name))) {
                  write(keys.removal(name), Optional.of(Removal.write(generation)));
                }
              });
      Set<DatastoreName> forgotten = new LinkedHashSet<>(on.forgotten());
      on.state()
          .removed()
          .forEach(
              (name, generation) -> {
                if (!state.removed().containsKey(name)) {
                  if (generation.isAfter(state.floor())) {
                    write(keys.removal(name), Optional.empty());
                  } else {
                    forgotten.add(name);
                  }
                }
              });
      forget(Sets.difference(forgotten, state.removed().keySet()));
    }

    /**
     * Deletes as many as fit: who reads them ignores what the floor has passed, and the next commit
     * deletes the rest. The head still needs its place.
     */
    private void forget(Set<DatastoreName> names) {
      for (DatastoreName name : names) {
        if (then.size() + 1 == MOST_OPERATIONS) {
          return;
        }
        write(keys.removal(name), Optional.empty());
      }
    }

    private void write(String key, Optional<byte[]> value) {
      then.add(new Change(key, value));
      bytes += key.length() + value.map(text -> text.length).orElse(0);
    }

    private void checkSize() throws StoreException {
      int writes = then.size() + 1;
      if (when.size() > MOST_OPERATIONS || writes > MOST_OPERATIONS || bytes > MOST_BYTES) {
        throw new StoreException(
            StoreException.Reason.OTHER,
            "the change touches %d datastores in %d keys with %d bytes, more than one transaction of etcd takes (%d keys, %d bytes); make it in parts of at most %d datastores, and add new ones at the end"
                .formatted(datastores, writes, bytes, MOST_OPERATIONS, MOST_BYTES, EditPart.MOST));
      }
    }
  }
}
