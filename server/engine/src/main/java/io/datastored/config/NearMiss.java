package io.datastored.config;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableSet;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * A near miss is an unknown key that was most likely meant to be a known one. Immutable.
 *
 * @param key the known key
 * @param words the text after it
 */
public record NearMiss(String key, String words) {

  /** A longer key may have two wrong letters. */
  private static final int SHORT = 6;

  /** Separators between key and value in other formats. */
  private static final CharMatcher MARKS = CharMatcher.anyOf(":=");

  /**
   * The property that a key was meant to be: it differs by case, {@code _} for {@code -}, a colon
   * or an equals sign after it, a blank inside it, or one or two letters.
   *
   * @param key an unknown key
   * @param words the text after it
   * @param known the known keys
   */
  public static Optional<NearMiss> of(String key, String words, ImmutableSet<String> known) {
    String plain = plain(key);
    int mark = MARKS.indexIn(plain);
    if (mark > 0) {
      String rest = MARKS.trimLeadingFrom(key.substring(mark));
      return among(plain.substring(0, mark), known)
          .map(meant -> new NearMiss(meant, rest.isEmpty() ? words : (rest + ' ' + words).strip()));
    }
    int blank = Blank.next(words, 0, words.length());
    String joined = plain + '-' + plain(words.substring(0, blank));
    if (known.contains(joined)) {
      return Optional.of(new NearMiss(joined, words.substring(blank).strip()));
    }
    return among(plain, known)
        .map(meant -> new NearMiss(meant, MARKS.trimLeadingFrom(words).strip()));
  }

  /** The one of {@code keys} that another key was meant to be. */
  public static Optional<String> among(String key, Collection<String> keys) {
    String plain = plain(key);
    return keys.stream().filter(known -> isNear(plain, known)).findFirst();
  }

  private static String plain(String key) {
    return key.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static boolean isNear(String key, String known) {
    int limit = known.length() > SHORT ? 2 : 1;
    return Math.abs(key.length() - known.length()) <= limit && distance(key, known) <= limit;
  }

  /**
   * The number of insertions, deletions, replacements and swaps of adjacent letters that turn one
   * text into the other, with at most one edit for each letter.
   */
  private static int distance(String one, String other) {
    int[][] steps = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int k = 0; k <= other.length(); k++) {
        if (i == 0 || k == 0) {
          steps[i][k] = i + k;
          continue;
        }
        int replaced = one.charAt(i - 1) == other.charAt(k - 1) ? 0 : 1;
        int least = Math.min(steps[i - 1][k] + 1, steps[i][k - 1] + 1);
        least = Math.min(least, steps[i - 1][k - 1] + replaced);
        boolean exchanged =
            i > 1
                && k > 1
                && one.charAt(i - 1) == other.charAt(k - 2)
                && one.charAt(i - 2) == other.charAt(k - 1);
        steps[i][k] = exchanged ? Math.min(least, steps[i - 2][k - 2] + 1) : least;
      }
    }
    return steps[one.length()][other.length()];
  }
}
