package io.datastored.engine.snapshot;

import io.datastored.config.DatastoreName;
import io.datastored.config.NameMap;
import io.datastored.config.document.ConfigDocument;
import io.datastored.config.document.ConfigSection;
import io.datastored.engine.Committer;
import io.datastored.history.AcceptedDatastore;
import io.datastored.history.AcceptedState;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The accepted versions are the last good version of each section: the one that this process
 * serves, if that is the committed one, or else the one stored with the commit. Confined to the
 * thread that holds {@link Committer}'s gate.
 *
 * @param state what was committed
 * @param current what this process serves
 * @param text the good sections of the text that was committed
 */
public record AcceptedVersions(
    AcceptedState state, Snapshot current, Function<DatastoreName, Optional<ConfigSection>> text)
    implements LastGood.Before {

  public AcceptedVersions(AcceptedState state, Snapshot current) {
    this(state, current, new Sections(state));
  }

  @Override
  public Iterable<DatastoreName> names() {
    return state.datastores().names();
  }

  @Override
  public Optional<ConfigSection> of(DatastoreName name) {
    AcceptedDatastore accepted = state.datastores().get(name);
    if (accepted == null) {
      return Optional.empty();
    }
    Datastore served = current.get(name);
    if (served != null && served.accepted().fingerprint().equals(accepted.fingerprint())) {
      return served.served().good();
    }
    // The section in the accepted text was good unless another one was served in its place.
    return accepted.lastGood().flatMap(ConfigDocument::parseSection).or(() -> text.apply(name));
  }

  /**
   * The good sections of the accepted text. The text is parsed only when a section is needed that
   * this process does not serve: at a start.
   */
  private static final class Sections implements Function<DatastoreName, Optional<ConfigSection>> {

    private final AcceptedState state;
    private @Nullable NameMap<ConfigSection> parsed;

    Sections(AcceptedState state) {
      this.state = state;
    }

    @Override
    public Optional<ConfigSection> apply(DatastoreName name) {
      NameMap<ConfigSection> sections = parsed;
      if (sections == null) {
        sections =
            state
                .text()
                .bytes()
                .map(bytes -> ConfigDocument.parse(bytes).sections())
                .orElse(NameMap.of());
        parsed = sections;
      }
      return Optional.ofNullable(sections.get(name));
    }
  }
}
