package io.datastored.config.document;

/**
 * A config fault is one place in the file that cannot be read. Immutable.
 *
 * @param line from 1
 * @param column from 1, in characters; 0 stands for the whole line
 * @param property the key of the property concerned, empty if there is none
 * @param message one sentence for the editor of the file
 */
public record ConfigFault(int line, int column, String property, String message) {

  /** Checks the position. */
  public ConfigFault {
    if (line < 1 || column < 0) {
      throw new IllegalArgumentException("no such place: line " + line + ", column " + column);
    }
  }

  @Override
  public String toString() {
    return "line " + line + (column == 0 ? "" : ", column " + column) + ": " + message;
  }
}
