package io.datastored.engine.snapshot;

import io.datastored.config.document.ConfigDocument;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.history.Store;
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

  /** The draft to be committed, unless it is withdrawn before. */
  public Store.Draft draft(BooleanSupplier withdrawn, Store.Aside aside) {
    return new Store.Draft(state, content, withdrawn, aside);
  }
}
