package io.datastored.config.document;

import io.datastored.config.DatastoreName;

/**
 * A source span is the position of a section with an id in a document. Immutable.
 *
 * @param start the first character of its header line
 * @param end after its last line, excluding its line feed
 * @param line the line of the header, from 1
 * @param good whether the section is served
 */
record SourceSpan(DatastoreName name, int start, int end, int line, boolean good) {

  /** This span of a section that has more characters. */
  SourceSpan longer(int characters) {
    return new SourceSpan(name, start, end + characters, line, good);
  }

  /** This span after more characters and lines. */
  SourceSpan moved(int characters, int lines) {
    return new SourceSpan(name, start + characters, end + characters, line + lines, good);
  }
}
