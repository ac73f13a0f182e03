package io.datastored.proof.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import com.google.common.hash.Hashing;
import io.datastored.v1.Datastore;
import java.util.Collection;
import java.util.Comparator;

/**
 * A digest is the content of all datastores of one revision, short: the first 16 hexadecimal digits
 * of SHA-256 over a line {@code NAME GENERATION ETAG} for each, sorted by name. An etag changes
 * with settings and mode, so equal digests mean equal content. Stateless.
 */
public final class Digest {

  private Digest() {}

  public static String of(Collection<Datastore> datastores) {
    String text =
        datastores.stream()
            .sorted(Comparator.comparing(Datastore::getName))
            .map(one -> one.getName() + " " + one.getGeneration() + " " + one.getEtag() + "\n")
            .collect(joining());
    return Hashing.sha256().hashString(text, UTF_8).toString().substring(0, 16);
  }
}
