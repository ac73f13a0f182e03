package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceSetting;
import java.util.Map;
import java.util.Optional;

/**
 * A section swap replaces one good section of a document by another with the same name. Immutable.
 * The result is the same as parsing the whole text again, at a fraction of the cost; this matters
 * for a mode change in a very large configuration.
 */
final class SectionSwap {

  private final ConfigDocument document;
  private final ConfigSection old;

  SectionSwap(ConfigDocument document, ConfigSection old) {
    this.document = document;
    this.old = old;
  }

  /** The next document, or empty if other parts of it could be affected. */
  Optional<ConfigDocument> to(DatastoreSettings settings, MaintenanceSetting maintenance) {
    boolean cut = old.text().indexOf('\r') >= 0 && !old.text().endsWith("\r");
    if (cut || !settings.basePathKey().equals(old.settings().basePathKey())) {
      return Optional.empty();
    }
    String text = new SectionEditor(old.text(), old.name()).rewrite(settings, maintenance);
    return ConfigDocument.parseSection(text)
        // Faults contain line numbers, so lines must not move.
        .filter(next -> next.lineCount() == old.lineCount() || document.isFaultless())
        .map(this::swapFor);
  }

  private ConfigDocument swapFor(ConfigSection next) {
    SourceSpan place = document.placeOf(old.name()).orElseThrow();
    return new ConfigDocument(
        document.text().replacing(place.start(), place.end(), next.text()),
        document.sections().replacing(Map.of(next.name(), next)),
        document.faultySections(),
        document.faults(),
        places(place, next),
        document.pathOwners(),
        document.odd() || !next.oddLines().isEmpty());
  }

  private ImmutableList<SourceSpan> places(SourceSpan place, ConfigSection next) {
    int characters = next.text().length() - old.text().length();
    int lines = next.lineCount() - old.lineCount();
    ImmutableList.Builder<SourceSpan> places =
        ImmutableList.builderWithExpectedSize(document.places().size());
    for (SourceSpan span : document.places()) {
      places.add(
          span.start() < place.start()
              ? span
              : span.start() == place.start()
                  ? span.longer(characters)
                  : span.moved(characters, lines));
    }
    return places.build();
  }
}
