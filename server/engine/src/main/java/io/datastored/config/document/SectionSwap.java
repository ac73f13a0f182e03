package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceSetting;
import java.util.Map;
import java.util.Optional;

/**
 * A section swap is the shortest way from one document to the next: one good section for another
 * under its name. Immutable. The result is the one that reading the whole text again would have,
 * without doing so: at 100,000 sections that makes the difference for a change of mode.
 */
final class SectionSwap {

  private final ConfigDocument document;
  private final ConfigSection old;

  SectionSwap(ConfigDocument document, ConfigSection old) {
    this.document = document;
    this.old = old;
  }

  /** Returns the next document, or nothing when other parts of it could be affected. */
  Optional<ConfigDocument> to(DatastoreSettings settings, MaintenanceSetting maintenance) {
    boolean cut = old.text().indexOf('\r') >= 0 && !old.text().endsWith("\r");
    if (cut || !settings.basePathKey().equals(old.settings().basePathKey())) {
      return Optional.empty();
    }
    String text = new SectionEditor(old.text(), old.name()).rewrite(settings, maintenance);
    return ConfigDocument.parseSection(text)
        // Faults know their lines, which must not move.
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
