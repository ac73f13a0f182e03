package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.common.collect.Lists;
import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigSlices;
import io.datastored.etcd.history.KeyValues.Answer;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Condition;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * A new history is written to etcd once. Immutable. The head comes last, and nobody starts without
 * a head, so a history that is half written is never served; writing it again is harmless.
 *
 * @param keys where it is written
 * @param random the source of its first commit id
 */
public record NewHistory(KeyValues etcd, Keys keys, RandomGenerator random) {

  private static final byte[] SCHEMA = "datastored-etcd 1 1 1\n".getBytes(US_ASCII);
  private static final int PAGE = 100;
  private static final int PAGE_BYTES = CommitPlan.MOST_BYTES / PAGE;

  /**
   * Writes a history without commits.
   *
   * @param state with the accepted datastores of {@code content}, if they are known
   * @throws StoreException when there is a history already, or it cannot be written
   */
  public void write(AcceptedState state, ConfigContent content) throws StoreException {
    List<Change> all = changes(state, content);
    try {
      for (List<Change> page : pages(all)) {
        List<Change> unused = put(page, List.of(new Condition(keys.head(), 0)));
      }
      List<Change> unused =
          put(
              List.of(
                  new Change(keys.schema(), Optional.of(SCHEMA)),
                  new Change(
                      keys.head(),
                      Optional.of(HeadText.first(state, CommitId.random(random)).write()))),
              List.of(new Condition(keys.head(), 0)));
    } catch (KeyValuesException e) {
      throw e.of("write a new history to", keys);
    }
  }

  private List<Change> put(List<Change> page, List<Condition> when)
      throws KeyValuesException, StoreException {
    Answer answer = etcd.commit(when, page);
    if (!answer.done()) {
      throw new StoreException(
          StoreException.Reason.OTHER, "there is a history at " + keys + " already");
    }
    return page;
  }

  private static List<List<Change>> pages(List<Change> all) {
    boolean large =
        all.stream().anyMatch(one -> one.value().filter(v -> v.length > PAGE_BYTES).isPresent());
    return Lists.partition(all, large ? 1 : PAGE);
  }

  private List<Change> changes(AcceptedState state, ConfigContent content) {
    List<Change> all = new ArrayList<>();
    if (!content.exists()) {
      return all;
    }
    ConfigSlices slices = ConfigSlices.of(content.bytes());
    all.add(new Change(keys.preamble(), Optional.of(slices.preamble())));
    long rank = 0;
    for (Map.Entry<DatastoreName, byte[]> slice : slices.sections().entrySet()) {
      rank += Ranks.STEP;
      StoredSection section =
          new StoredSection(
              OptionalLong.of(rank),
              Optional.ofNullable(state.datastores().get(slice.getKey())),
              slice.getValue());
      all.add(
          new Change(keys.datastore(slice.getKey()), Optional.of(section.write(slice.getKey()))));
    }
    state
        .removed()
        .forEach(
            (name, generation) ->
                all.add(new Change(keys.removal(name), Optional.of(Removal.write(generation)))));
    return all;
  }
}
