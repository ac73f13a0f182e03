package io.datastored.client.internal.cache;

import io.datastored.client.ClientOptions;
import io.datastored.client.Refusal;
import io.datastored.v1.ErrorReason;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Negative answers are remembered answers of the server that there is no such datastore.
 * Thread-safe: the loop writes, lookups read. An answer is kept until a frame touches the name or
 * the answer is too old.
 */
public final class NegativeAnswers {

  private record Answer(Refusal refusal, long requestedAt) {}

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final long ttl;
  private final int most;
  private final Selection selection;

  NegativeAnswers(ClientOptions options) {
    this.ttl = options.times().negativeTtl().toNanos();
    this.most = options.negativeAnswers();
    this.selection = new Selection(options.datastores());
  }

  /** The answer about a name, if there is one that is not too old. */
  Optional<Refusal> find(String name, long now, long mostAge) {
    Answer answer = answers.get(name);
    return answer != null && now - answer.requestedAt < ttl && now - answer.requestedAt <= mostAge
        ? Optional.of(answer.refusal)
        : Optional.empty();
  }

  /**
   * Remembers an answer, unless the view is newer: an answer that was in transit while a frame
   * created the datastore would hide it.
   */
  public void put(String name, Refusal refusal, View view, long requestedAt) {
    boolean lasting =
        refusal.reason() == ErrorReason.ERROR_REASON_DATASTORE_NOT_FOUND
            || refusal.reason() == ErrorReason.ERROR_REASON_CONFIG_INVALID;
    // Outside the selection no frame would report that the datastore was created.
    if (!lasting
        || !selection.covers(name)
        || view.find(name) != null
        || most == 0
        || isOlder(refusal, view)) {
      return;
    }
    if (answers.size() >= most) {
      // A caller asks for random names. Names that are forgotten here are asked again.
      answers.clear();
    }
    answers.put(name, new Answer(refusal, requestedAt));
  }

  private static boolean isOlder(Refusal refusal, View view) {
    long applied = view.revision().map(r -> r.getGeneration()).orElse(0L);
    try {
      return Long.parseLong(refusal.metadata().getOrDefault("generation", "")) < applied;
    } catch (NumberFormatException e) {
      return true;
    }
  }

  public void forget(Collection<String> touched) {
    touched.forEach(answers::remove);
  }

  public void clear() {
    answers.clear();
  }
}
