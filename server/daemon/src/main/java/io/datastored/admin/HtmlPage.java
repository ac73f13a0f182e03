package io.datastored.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An HTML page is a document with its style and script inside. Immutable: nobody writes to the
 * bytes. Browsers run only the script that is in it, and load nothing from elsewhere: the policy
 * names both by their hashes.
 *
 * @param policy the Content-Security-Policy
 */
@SuppressWarnings("ArrayRecordComponent") // sent as it is, never compared
record HtmlPage(byte[] document, String policy) {

  /** The page in this file beside this class. */
  static HtmlPage resource(String file) {
    return of(read(file));
  }

  static String read(String file) {
    try {
      return Resources.toString(Resources.getResource(HtmlPage.class, file), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the jar is damaged: " + file, e);
    }
  }

  static HtmlPage of(String document) {
    return new HtmlPage(
        document.getBytes(UTF_8),
        String.join(
            "; ",
            "default-src 'none'",
            "script-src " + hashes("script", document),
            "style-src " + hashes("style", document),
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'"));
  }

  private static String hashes(String element, String document) {
    String found =
        Pattern.compile("<%1$s>(.*?)</%1$s>".formatted(element), Pattern.DOTALL)
            .matcher(document)
            .results()
            .map(match -> Hashing.sha256().hashString(match.group(1), UTF_8).asBytes())
            .map(hash -> "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'")
            .collect(Collectors.joining(" "));
    return found.isEmpty() ? "'none'" : found;
  }

  Answer answer() {
    return new Answer(
        200,
        "text/html; charset=utf-8",
        ImmutableMap.of("Content-Security-Policy", policy),
        document,
        Optional.empty());
  }
}
