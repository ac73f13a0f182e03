package io.datastored.config.document;

import io.datastored.config.DatastoreName;

/**
 * A source span is where a section with an id stands in a document. Immutable.
 *
 * @param start the first character of its header line
 * @param end behind its last line, whose line feed does not belong to it
 * @param line the line of the header, from 1
 * @param good whether the section is served
 */
record SourceSpan(DatastoreName name, int start, int end, int line, boolean good) {

  /** Returns the place of the same section with more characters. */
  SourceSpan longer(int characters) {
    return new SourceSpan(name, start, end + characters, line, good);
  }

  /** Returns the place of the same section behind more characters and lines. */
  SourceSpan moved(int characters, int lines) {
    return new SourceSpan(name, start + characters, end + characters, line + lines, good);
  }
}
