package io.datastored.etcd.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigDocument;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.AcceptedText;
import io.datastored.history.ConfigContent;
import io.datastored.history.ProposedDatastore;
import io.datastored.history.StateTransition;
import io.datastored.history.Store;
import io.datastored.history.Store.Draft;
import io.datastored.history.Store.Look;
import io.datastored.history.Store.Outcome;
import io.datastored.history.Store.Seen;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Drafts are what the engine makes of a configuration, here without last good versions. Stateless.
 */
public final class Drafts {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final int REMEMBERED = 3;

  private Drafts() {}

  static ConfigContent content(String config) {
    return ConfigContent.of(config.getBytes(UTF_8));
  }

  static String text(Seen seen) {
    return new String(seen.content().bytes(), UTF_8);
  }

  /** The state that accepts a content. */
  static AcceptedState accepting(AcceptedState before, ConfigContent content) {
    return accepting(before, content, REMEMBERED);
  }

  private static AcceptedState accepting(
      AcceptedState before, ConfigContent content, int remembered) {
    Map<DatastoreName, ProposedDatastore> proposed = new LinkedHashMap<>();
    ConfigDocument.parse(content.bytes())
        .sections()
        .forEach(
            (name, section) ->
                proposed.put(
                    name,
                    new ProposedDatastore(
                        section.fingerprint(),
                        section.maintenance(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())));
    return new StateTransition(before, NOW, remembered)
        .accept(content.digest(), proposed)
        .of(AcceptedText.of(content.digest(), content.bytes()));
  }

  static Draft replacing(Seen on, String config) {
    ConfigContent content = content(config);
    return new Draft(accepting(on.state(), content), Optional.of(content), () -> false);
  }

  static Draft acceptingEdit(Seen on) {
    return new Draft(accepting(on.state(), on.content()), Optional.empty(), () -> false);
  }

  /** As the engine does it, which remembers more removals than a commit makes. */
  static Draft acceptingPart(Seen on) {
    AcceptedState state = accepting(on.state(), on.content(), 10_000);
    return new Draft(state, Optional.empty(), () -> false);
  }

  static Seen look(Store store) throws StoreException {
    return store.look(store.initial(), Look.AT_STAMPS);
  }

  /** Changes the configuration as the engine does: edits first, and again when overtaken. */
  static AcceptedState change(Store store, UnaryOperator<String> how) throws StoreException {
    while (true) {
      Seen seen = look(store);
      if (!seen.fits()) {
        Outcome unused = store.commit(seen, acceptingEdit(seen));
        continue;
      }
      Draft draft = replacing(seen, how.apply(text(seen)));
      if (store.commit(seen, draft) == Outcome.COMMITTED) {
        return draft.state();
      }
    }
  }

  public static AcceptedState set(Store store, String config) throws StoreException {
    return change(store, before -> config);
  }

  static String section(String name, String comment) {
    return "datastore: %s\n\tcomment %s\n\tpath /srv/%s\n\n".formatted(name, comment, name);
  }
}
