package io.datastored.config;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableSet;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * A near miss is a key that nobody knows and that was most likely meant to be a known one.
 * Immutable.
 *
 * @param key the known key
 * @param words what stands behind it
 */
public record NearMiss(String key, String words) {

  /** A key with more letters may have two of them wrong. */
  private static final int SHORT = 6;

  /** What other formats put between a key and its value. */
  private static final CharMatcher MARKS = CharMatcher.anyOf(":=");

  /**
   * Returns the property that a key was meant to be: it differs in case, {@code _} for {@code -}, a
   * colon or an equals sign behind it, a blank inside of it, or a letter or two.
   *
   * @param key a key that is not known
   * @param words what stands behind it
   * @param known the keys that are known
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

  /** Returns the one of some keys that another one was meant to be. */
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
   * Returns how many letters must be put in, left out, replaced or exchanged with their neighbour
   * to make one text of the other, each letter once.
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
