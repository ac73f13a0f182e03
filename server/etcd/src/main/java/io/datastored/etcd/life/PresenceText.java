package io.datastored.etcd.life;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.datastored.promise.Replica.Presence;
import java.util.Optional;

/**
 * A presence text is what a server says of itself while it is there. Lines that this version does
 * not know are for later ones. Stateless.
 *
 * <pre>
 *   applied COMMIT GENERATION    the last commit that it has acknowledged to serve
 *   version VERSION              of its software
 *   addresses ADDRESS…           that it listens on
 * </pre>
 */
final class PresenceText {

  private static final Splitter LINES = Splitter.on('\n').omitEmptyStrings();
  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();
  private static final String VERSION = "version ";
  private static final String ADDRESSES = "addresses ";

  private PresenceText() {}

  static String write(LifeOptions options, Optional<Applied> applied) {
    return applied.map(commit -> "applied " + commit + "\n").orElse("")
        + VERSION
        + options.version()
        + "\n"
        + ADDRESSES
        + options.addresses()
        + "\n";
  }

  /** Reads a text. What is not there is empty: it is only for people. */
  static Presence read(String text) {
    String version = "";
    ImmutableList<String> addresses = ImmutableList.of();
    for (String line : LINES.split(text)) {
      if (line.startsWith(VERSION)) {
        version = line.substring(VERSION.length());
      } else if (line.startsWith(ADDRESSES)) {
        addresses = ImmutableList.copyOf(WORDS.split(line.substring(ADDRESSES.length())));
      }
    }
    return new Presence(version, addresses, Applied.in(text).map(Applied::generation));
  }
}
