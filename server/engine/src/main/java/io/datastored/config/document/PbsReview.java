package io.datastored.config.document;

import com.google.common.collect.ImmutableList;
import io.datastored.config.Blank;
import io.datastored.config.HeaderLine;
import io.datastored.config.Property;
import io.datastored.config.TextRule;
import io.datastored.config.Truncated;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A PBS review reads a file as Proxmox Backup Server 4.2 does and notes each place that it would
 * not accept. Confined to one thread.
 *
 * <p>That server stops at the first such place. A review continues as if the line were absent, so
 * that a file can be corrected in one pass.
 */
final class PbsReview {

  private static final String REQUIRED = Property.PATH.key();

  private final String text;
  private final ImmutableList.Builder<PbsNote> notes = ImmutableList.builder();

  /** The keys of the current section; empty before the first header. */
  private final Set<String> met = new HashSet<>();

  private boolean inside;
  private int header;
  private int line;

  private PbsReview(String text) {
    this.text = text;
  }

  static ImmutableList<PbsNote> of(String text) {
    return new PbsReview(text).read();
  }

  private ImmutableList<PbsNote> read() {
    for (int at = 0; at < text.length(); ) {
      int end = SectionText.lineEnd(text, at);
      line++;
      boolean carriageReturn = end < text.length() && end > at && text.charAt(end - 1) == '\r';
      readLine(text.substring(at, carriageReturn ? end - 1 : end));
      at = end + 1;
    }
    endSection();
    return notes.build();
  }

  private void readLine(String words) {
    int first = Blank.skip(words, 0, words.length());
    if (!TextRule.isUtf8(words)) {
      refuse(0, "", "the line is not UTF-8 text");
    } else if (first == words.length()) {
      endSection();
    } else if (words.charAt(first) == '#') {
      refuse(first + 1, "", "there are no comments in this file");
    } else if (!inside) {
      readHeader(words);
    } else if (first == 0) {
      readUnindented(words);
    } else {
      readProperty(words, first);
    }
  }

  private void readUnindented(String words) {
    if (HeaderLine.isDatastore(words, 0, words.length())) {
      refuse(0, "", "an empty line is missing before this section");
      endSection();
      readHeader(words);
    } else {
      refuse(1, "", "a property must be indented");
    }
  }

  private void readHeader(String words) {
    Optional<HeaderLine> parsed =
        Blank.is(words.charAt(0)) ? Optional.empty() : HeaderLine.parse(words, 0, words.length());
    if (parsed.isEmpty()) {
      refuse(0, "", "a header, 'datastore: name', is expected here");
      return;
    }
    if (!parsed.get().isDatastore()) {
      refuse(
          1, "", "'%s' is an unknown type of section".formatted(Truncated.of(parsed.get().type())));
    }
    PbsSchema.refusal(Property.NAME.key(), parsed.get().id())
        .ifPresent(refusal -> refuse(0, "", "the name " + refusal.reason()));
    inside = true;
    header = line;
  }

  private void endSection() {
    if (inside && !met.contains(REQUIRED)) {
      note(header, 0, REQUIRED, PbsEffect.FILE_REFUSED, REQUIRED + " is required");
    }
    inside = false;
    met.clear();
  }

  private void readProperty(String words, int first) {
    int keyEnd = Blank.next(words, first, words.length());
    String key = words.substring(first, keyEnd);
    if (keyEnd == words.length()) {
      refuse(first + 1, key, Truncated.of(key) + " has no value");
      return;
    }
    int value = Blank.skip(words, keyEnd, words.length());
    String said = words.substring(value, Blank.trimEnd(words, value, words.length()));
    Optional<PbsRefusal> refusal = PbsSchema.refusal(key, said);
    if (!met.add(key)) {
      refuse(first + 1, key, Truncated.of(key) + " is given twice");
    } else if (refusal.isPresent()) {
      note(key, first, value, refusal.get());
    } else {
      noteUnprintable(key, said, value);
    }
  }

  private void noteUnprintable(String key, String said, int value) {
    OptionalInt at = TextRule.unprintable(said);
    if (at.isPresent()) {
      notes.add(
          new PbsNote(
              line,
              value + at.getAsInt() + 1,
              key,
              PbsEffect.NONE,
              "%s contains %s, which is shown escaped"
                  .formatted(key, TextRule.name(said.codePointAt(at.getAsInt())))));
    }
  }

  private void note(String key, int first, int value, PbsRefusal refusal) {
    boolean known = Property.isKnown(key);
    String subject = Truncated.of(key) + (refusal.key().isEmpty() ? "" : "." + refusal.key());
    note(
        line,
        known ? value + refusal.offset() + 1 : first + 1,
        Truncated.of(key),
        refusal.effect(),
        subject + " " + refusal.reason());
  }

  private void refuse(int column, String property, String reason) {
    note(line, column, Truncated.of(property), PbsEffect.FILE_REFUSED, reason);
  }

  private void note(int at, int column, String property, PbsEffect effect, String reason) {
    notes.add(
        new PbsNote(
            at,
            column,
            property,
            effect,
            "%s %s: %s".formatted(PbsSchema.SERVER, effect.consequence(), reason)));
  }
}
