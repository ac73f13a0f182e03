package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.common.collect.Lists;
import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigSlices;
import io.datastored.etcd.client.KeyRange;
import io.datastored.etcd.history.KeyValues.Answer;
import io.datastored.etcd.history.KeyValues.Change;
import io.datastored.etcd.history.KeyValues.Condition;
import io.datastored.etcd.history.KeyValues.Entry;
import io.datastored.etcd.history.KeyValuesException.Kind;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * A new history is written to etcd once. Immutable. The head comes last, and nobody starts without
 * a head, so a history that is half written is never served, and the next one replaces it.
 *
 * @param keys where it is written
 * @param random the source of its first commit id
 */
public record NewHistory(KeyValues etcd, Keys keys, RandomGenerator random) {

  private static final int PAGE = 100;
  private static final int READ = 1_000;
  private static final int PAGE_BYTES = CommitPlan.MOST_BYTES / PAGE;

  /**
   * What earlier servers of a history leave to those of the new one. Immutable.
   *
   * @param tokens no fencing token at or above it has been given out; empty: none has
   * @param records other keys, which are there as soon as the head is
   */
  public record Inheritance(OptionalLong tokens, List<Change> records) {

    static final Inheritance NOTHING = new Inheritance(OptionalLong.empty(), List.of());
  }

  /** Writes a history without commits that nobody has served. */
  void write(AcceptedState state, ConfigContent content) throws StoreException {
    write(state, content, Inheritance.NOTHING);
  }

  /**
   * Writes a history without commits.
   *
   * @param state with the accepted datastores of {@code content}, if they are known
   * @throws StoreException when there is a history already, or it cannot be written
   */
  public void write(AcceptedState state, ConfigContent content, Inheritance inheritance)
      throws StoreException {
    CommitId id = CommitId.random(random);
    try {
      if (reader().one(keys.head(), 0).isPresent()) {
        throw exists();
      }
      // Of two that write at once, the later one goes on: each page compares this key.
      Condition unstarted = new Condition(keys.head(), 0);
      byte[] writer = id.hex().getBytes(US_ASCII);
      long draft = put(List.of(new Change(keys.draft(), Optional.of(writer))), List.of(unstarted));
      List<Condition> own = List.of(unstarted, new Condition(keys.draft(), draft));
      // What a writer that did not finish has left must not be in this history.
      long last = draft;
      for (List<Change> page : Lists.partition(leftovers(draft), PAGE)) {
        last = put(page, own);
      }
      for (List<Change> page : pages(changes(state, content))) {
        last = put(page, own);
      }
      List<Change> end = new ArrayList<>(inheritance.records());
      List<Condition> when = new ArrayList<>(own);
      if (inheritance.tokens().isPresent()) {
        // Servers whose head was deleted may have reserved higher ones, and may be doing so now.
        Optional<Entry> there = reader().one(keys.tokens(), 0);
        when.add(new Condition(keys.tokens(), there.map(Entry::modified).orElse(0L)));
        end.add(tokens(inheritance.tokens().getAsLong(), there));
      }
      end.add(new Change(keys.draft(), Optional.empty()));
      end.add(new Change(keys.schema(), Optional.of(Schema.PRESENT.write())));
      end.add(new Change(keys.head(), Optional.of(HeadText.first(state, id, last).write())));
      end(end, when, id);
    } catch (KeyValuesException e) {
      throw e.of("write a new history to", keys);
    }
  }

  private Change tokens(long given, Optional<Entry> there) throws KeyValuesException {
    long reserved = 0;
    if (there.isPresent()) {
      String number = new String(there.get().value(), US_ASCII).strip();
      try {
        reserved = Long.parseLong(number);
      } catch (NumberFormatException e) {
        throw new KeyValuesException(
            Kind.OTHER, "the key %s is damaged: not a decimal number".formatted(keys.tokens()));
      }
    }
    String highest = Long.toString(Math.max(given, reserved));
    return new Change(keys.tokens(), Optional.of(highest.getBytes(US_ASCII)));
  }

  private List<Change> leftovers(long revision) throws KeyValuesException {
    RangeReader reader = reader();
    List<Change> all = new ArrayList<>();
    all.add(new Change(keys.preamble(), Optional.empty()));
    for (String prefix : List.of(keys.datastores(), keys.removals())) {
      for (Entry entry : reader.all(KeyRange.prefix(prefix), revision)) {
        all.add(new Change(entry.key(), Optional.empty()));
      }
    }
    return all;
  }

  private long put(List<Change> page, List<Condition> when)
      throws KeyValuesException, StoreException {
    Answer answer;
    try {
      answer = etcd.commit(when, page);
    } catch (KeyValuesException e) {
      // Without a head nothing of it counts, and done late it finds another draft.
      throw e.kind() == Kind.OUTCOME_UNKNOWN
          ? new KeyValuesException(Kind.UNREACHABLE, String.valueOf(e.getMessage()))
          : e;
    }
    requireDone(answer);
    return answer.revision();
  }

  /** Puts the head, with what must be there as soon as it is. */
  private void end(List<Change> changes, List<Condition> when, CommitId id)
      throws KeyValuesException, StoreException {
    try {
      requireDone(etcd.commit(when, changes));
    } catch (KeyValuesException e) {
      if (e.kind() != Kind.OUTCOME_UNKNOWN || !isWritten(id)) {
        throw e;
      }
    }
  }

  /** Whether the head is known to be there; if it cannot be read, the outcome stays unknown. */
  private boolean isWritten(CommitId id) {
    try {
      return reader().one(keys.head(), 0).map(Entry::value).map(HeadText::read).stream()
          .anyMatch(head -> head.includes(id));
    } catch (KeyValuesException | IllegalArgumentException e) {
      return false;
    }
  }

  private void requireDone(Answer answer) throws KeyValuesException, StoreException {
    if (!answer.done()) {
      throw reader().one(keys.head(), 0).isPresent()
          ? exists()
          : new StoreException(
              StoreException.Reason.IN_USE,
              "another process writes a new history to " + keys + " at the same time");
    }
  }

  private StoreException exists() {
    return new StoreException(
        StoreException.Reason.IN_USE, "there is a history at " + keys + " already");
  }

  private RangeReader reader() {
    return new RangeReader(etcd, READ);
  }

  private static List<List<Change>> pages(List<Change> all) {
    boolean large =
        all.stream().anyMatch(one -> one.value().filter(v -> v.length > PAGE_BYTES).isPresent());
    return Lists.partition(all, large ? 1 : PAGE);
  }

  private List<Change> changes(AcceptedState state, ConfigContent content) {
    Map<DatastoreName, byte[]> texts = new LinkedHashMap<>();
    List<Change> all = new ArrayList<>();
    if (content.exists()) {
      ConfigSlices slices = ConfigSlices.of(content.bytes());
      all.add(new Change(keys.preamble(), Optional.of(slices.preamble())));
      texts.putAll(slices.sections());
    }
    // Some are served although the configuration has no section of them.
    state.datastores().keySet().forEach(name -> texts.putIfAbsent(name, new byte[0]));
    long rank = 0;
    for (Map.Entry<DatastoreName, byte[]> text : texts.entrySet()) {
      DatastoreName name = text.getKey();
      rank += Ranks.STEP;
      StoredSection section =
          new StoredSection(
              OptionalLong.of(rank),
              Optional.ofNullable(state.datastores().get(name)),
              text.getValue());
      all.add(new Change(keys.datastore(name), Optional.of(section.write(name))));
    }
    state
        .removed()
        .forEach(
            (name, generation) ->
                all.add(new Change(keys.removal(name), Optional.of(Removal.write(generation)))));
    return all;
  }
}
