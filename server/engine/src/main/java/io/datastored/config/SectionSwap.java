package io.datastored.config;

import com.google.common.collect.ImmutableList;
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
    if (!BasePath.key(settings).equals(BasePath.key(old.settings()))) {
      return Optional.empty();
    }
    String text = new SectionEditor(old.text(), old.name()).rewrite(settings, maintenance);
    return ConfigSection.parse(text)
        // Faults know their lines, which must not move.
        .filter(next -> next.lineCount() == old.lineCount() || document.isFaultless())
        .map(this::swapFor);
  }

  private ConfigDocument swapFor(ConfigSection next) {
    int index = 0;
    while (document.places().get(index).name() != old.name()) {
      index++;
    }
    Place place = document.places().get(index);
    String before = document.toText().substring(0, place.start());
    String after = document.toText().substring(place.end());
    return new ConfigDocument(
        new RawText(
            before + next.text() + after,
            document.wellFormed() && RawText.of(next.text()).wellFormed()),
        document.sections().replacing(Map.of(next.name(), next)),
        document.faultySections(),
        document.faults(),
        places(index, next),
        document.pathOwners(),
        document.odd() || !next.oddLines().isEmpty());
  }

  private ImmutableList<Place> places(int index, ConfigSection next) {
    ImmutableList<Place> places = document.places();
    Place place = places.get(index);
    int characters = next.text().length() - old.text().length();
    int lines = next.lineCount() - old.lineCount();
    ImmutableList.Builder<Place> moved = ImmutableList.builderWithExpectedSize(places.size());
    moved.addAll(places.subList(0, index));
    moved.add(new Place(next.name(), place.start(), place.end() + characters, place.line(), true));
    for (Place later : places.subList(index + 1, places.size())) {
      moved.add(later.movedBy(characters, lines));
    }
    return moved.build();
  }
}
