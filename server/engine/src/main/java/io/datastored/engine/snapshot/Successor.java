package io.datastored.engine.snapshot;

import io.datastored.config.NameMap;
import io.datastored.config.document.ConfigDocument;
import io.datastored.history.AcceptedState;
import io.datastored.history.AcceptedText;
import io.datastored.history.ConfigContent;
import io.datastored.history.Store;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A successor is the content of the next snapshot, to be committed first. Immutable.
 *
 * @param document the parsed configuration
 * @param content the configuration, if the file must be replaced
 * @param state the accepted state
 * @param served what is served of the document
 */
public record Successor(
    ConfigDocument document,
    Optional<ConfigContent> content,
    AcceptedState state,
    LastGood.Served served) {

  /**
   * The successor of a state that nobody serves here, when a content is accepted.
   *
   * @param now the wall clock
   */
  public static Successor of(AcceptedState before, ConfigContent content, Instant now) {
    ConfigDocument parsed = ConfigDocument.parse(content.bytes());
    Snapshot unserved = new Snapshot(before, NameMap.of(), LastGood.Served.NOTHING);
    LastGood.Served served =
        LastGood.serve(parsed, new AcceptedVersions(before, unserved), SnapshotFaults.NONE, now);
    AcceptedState state =
        new Proposal(served, Map.of(), Map.of())
            .after(before, Optional.empty(), content.digest(), now)
            .of(AcceptedText.of(content.digest(), content.bytes()));
    return new Successor(parsed, Optional.of(content), state, served);
  }

  /** The draft to be committed, unless it is withdrawn before. */
  public Store.Draft draft(BooleanSupplier withdrawn, Store.Aside aside) {
    return new Store.Draft(state, content, withdrawn, aside);
  }
}
