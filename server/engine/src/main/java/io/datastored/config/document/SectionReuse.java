package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.config.NameMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A section reuse finds the sections of a previous document again in a new text. Confined to one
 * thread.
 *
 * <p>Sections mostly stand in the same order in both, so the one behind the last hit is tried
 * first; only then is the name looked up.
 */
final class SectionReuse {

  /**
   * How many deleted sections in a row may be passed before every later one is looked up by name.
   */
  private static final int LOOK_AHEAD = 16;

  private final String text;
  private final NameMap<ConfigSection> byName;
  private final ImmutableList<ConfigSection> inOrder;
  private int next;

  SectionReuse(String text, NameMap<ConfigSection> previous) {
    this.text = text;
    byName = previous;
    inOrder = previous.values();
  }

  /** Returns the section whose text starts at a place, without having read its name. */
  @Nullable ConfigSection expectedAt(int at) {
    if (next < inOrder.size() && isAt(inOrder.get(next), at)) {
      next++;
      return inOrder.get(next - 1);
    }
    return null;
  }

  /** Returns the section of a name if its text starts at a place. */
  Optional<ConfigSection> namedAt(DatastoreName name, int at) {
    ConfigSection section = byName.get(name);
    if (section == null) {
      return Optional.empty();
    }
    for (int i = next; i < Math.min(next + LOOK_AHEAD, inOrder.size()); i++) {
      if (inOrder.get(i) == section) {
        next = i + 1;
        break;
      }
    }
    return isAt(section, at) ? Optional.of(section) : Optional.empty();
  }

  private boolean isAt(ConfigSection section, int at) {
    int end = at + section.text().length();
    // To compare a copy is faster than to compare in place: whole strings are compared in words.
    return end <= text.length()
        && text.substring(at, end).equals(section.text())
        && SectionText.isOverAt(text, end);
  }
}
