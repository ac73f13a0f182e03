package io.datastored.etcd.history;

import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Entry;
import java.util.List;

/**
 * A key observer follows other keys below the prefix of a history, by the reads and the watch of
 * that history. Called by one thread at a time, while nothing else is followed; must not block.
 *
 * <p>What a revision changed is reported to it before a commit of that revision, or of a later one,
 * is served. Like a watch, it may miss a change until everything is read again.
 */
public interface KeyObserver {

  /** Follows nothing. */
  KeyObserver NONE =
      new KeyObserver() {
        @Override
        public List<String> prefixes() {
          return List.of();
        }

        @Override
        public void loaded(long revision, List<Entry> all) {}

        @Override
        public void changed(long revision, List<Change> changes) {}
      };

  /** The prefixes of the keys that it follows, each with that of the history. */
  List<String> prefixes();

  /** All that these prefixes have at a revision; not earlier than what was reported before it. */
  void loaded(long revision, List<Entry> all);

  /** What a revision has changed, keys of others included. */
  void changed(long revision, List<Change> changes);
}
