package io.datastored.etcd.history;

import io.datastored.etcd.client.KeyRange;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Condition;
import io.datastored.etcd.history.KeyValues.Page;
import io.datastored.file.StoreException;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A restored history is one that etcd has after it was set back. An operator accepts it as it is:
 * it gets a new incarnation, so that no revision of before is taken for one of after. Immutable.
 *
 * @param random the source of incarnations and commit ids
 */
public record RestoredHistory(KeyValues etcd, Keys keys, RandomGenerator random) {

  /**
   * What is there now.
   *
   * @throws StoreException when there is no history, or it cannot be read
   */
  public Revision look() throws StoreException {
    return head().text.revision();
  }

  /**
   * What changes in the transaction in which a history is accepted. Immutable.
   *
   * @param when which keys must be as they were read
   * @param then what is written
   */
  public record Besides(List<Condition> when, List<Change> then) {}

  /**
   * Accepts what is there.
   *
   * @param seen what the operator was shown
   * @return its revision from now on
   * @throws StoreException when it cannot be written, or something else is there by now
   */
  public Revision accept(Revision seen, Besides besides) throws StoreException {
    Head found = head();
    if (found.text.revision().equals(seen)) {
      Revision next = new Revision(Incarnation.random(random), seen.generation());
      HeadText text = found.text.restored(next, CommitId.random(random), found.modified);
      List<Condition> conditions = new ArrayList<>(besides.when);
      conditions.add(new Condition(keys.head(), found.modified));
      List<Change> changes = new ArrayList<>(besides.then);
      changes.add(new Change(keys.head(), Optional.of(text.write())));
      try {
        if (etcd.commit(conditions, changes).done()) {
          return next;
        }
      } catch (KeyValuesException e) {
        throw e.of("accept what is at", keys);
      }
    }
    throw new StoreException(
        StoreException.Reason.IN_USE,
        "the history at %s was at %s, and something was written there since: look again"
            .formatted(keys, seen));
  }

  private record Head(HeadText text, long modified) {}

  private Head head() throws StoreException {
    try {
      Page page = etcd.range(KeyRange.of(keys.head()), 0, 1);
      if (page.entries().isEmpty()) {
        throw new StoreException(
            StoreException.Reason.OTHER, "there is no history at " + keys + ": it has no head");
      }
      KeyValues.Entry entry = page.entries().get(0);
      return new Head(HeadText.read(entry.value()), entry.modified());
    } catch (KeyValuesException e) {
      throw e.of("read", keys);
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          StoreException.Reason.OTHER,
          "the head of the history at %s is damaged: %s".formatted(keys, e.getMessage()));
    }
  }
}
