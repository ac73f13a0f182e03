package io.datastored.access;

/**
 * A name pattern is one name of a client, or a kind of them. Immutable.
 *
 * @param text the name, or the beginning or end that matching names share
 * @param kind how names are compared with the text
 */
record NamePattern(String text, Kind kind) {

  /** How a name is compared with a pattern. */
  enum Kind {
    /** The same text. */
    EXACT,
    /** Begins with the text. */
    PREFIX,
    /** A DNS name of one label more than the text, which begins with a dot. */
    ONE_LABEL,
    /** Every name. */
    ANYBODY
  }

  private static final String DNS = "dns:";

  static final NamePattern ANYBODY = new NamePattern("", Kind.ANYBODY);

  static NamePattern exact(String name) {
    return new NamePattern(name, Kind.EXACT);
  }

  boolean matches(String name) {
    return switch (kind) {
      case EXACT -> name.equals(text);
      case PREFIX -> name.startsWith(text);
      case ONE_LABEL -> hasOneLabelMore(name);
      case ANYBODY -> true;
    };
  }

  private boolean hasOneLabelMore(String name) {
    if (!name.startsWith(DNS) || !name.endsWith(text)) {
      return false;
    }
    int label = name.length() - text.length() - DNS.length();
    return label > 0 && name.indexOf('.', DNS.length()) == DNS.length() + label;
  }
}
