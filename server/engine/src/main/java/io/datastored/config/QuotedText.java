package io.datastored.config;

/**
 * A quoted text is one value in a property string, quoted or not, with its end. Immutable.
 *
 * @param value the unquoted text
 * @param end the index of the comma after it, or the end of the property string
 */
record QuotedText(String value, int end) {

  static QuotedText parse(String text, int start) throws ParseError {
    if (start < text.length() && text.charAt(start) == '"') {
      return parseQuoted(text, start);
    }
    int comma = text.indexOf(',', start);
    int end = comma < 0 ? text.length() : comma;
    return new QuotedText(text.substring(start, end), end);
  }

  private static QuotedText parseQuoted(String text, int start) throws ParseError {
    StringBuilder value = new StringBuilder();
    for (int i = start + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        if (i + 1 < text.length() && text.charAt(i + 1) != ',') {
          throw new ParseError(i + 1, "has text after a closing quote");
        }
        return new QuotedText(value.toString(), i + 1);
      }
      if (c == '\\') {
        i++;
        value.append(unescape(text, i));
      } else {
        value.append(c);
      }
    }
    throw new ParseError(start, "has a quote that is not closed");
  }

  private static char unescape(String text, int at) throws ParseError {
    char escaped = at < text.length() ? text.charAt(at) : 0;
    return switch (escaped) {
      case '"', '\\' -> escaped;
      case 'n' -> '\n';
      default -> throw new ParseError(at - 1, "has an escape other than \\\", \\\\ and \\n");
    };
  }

  /**
   * The text that is read back as this value. Values with a comma are quoted: Proxmox Backup Server
   * does not quote them, and then its own check before writing refuses the change. So are values
   * with blanks at either end, which would otherwise be lost.
   */
  static String print(String value) {
    boolean plain = true;
    for (int i = 0; plain && i < value.length(); i++) {
      char c = value.charAt(i);
      plain = c != '"' && c != '\\' && c != '\n' && c != ',' && !isEdgeBlank(value, i);
    }
    return plain
        ? value
        : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  private static boolean isEdgeBlank(String value, int at) {
    return (at == 0 || at == value.length() - 1) && Blank.is(value.charAt(at));
  }
}
