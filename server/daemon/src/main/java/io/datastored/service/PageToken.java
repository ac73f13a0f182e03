package io.datastored.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import io.datastored.config.DatastoreName;
import java.util.Optional;

/**
 * A page token says after which name the next page of a listing begins. Immutable. On the wire it
 * is opaque: a checksum shows tokens that were made up, cut, or answered by another call. It needs
 * no server state, so it outlives a restart.
 */
record PageToken(Listing listing, DatastoreName after) {
  private static final BaseEncoding TEXT = BaseEncoding.base64Url().omitPadding();
  private static final int CHECKSUM_CHARS = 8;

  /** The call whose listing it continues. Immutable. */
  enum Listing {
    STATUS,
    DATASTORES
  }

  String encode() {
    String content = listing + " " + after.value();
    return TEXT.encode((checksum(content) + content).getBytes(UTF_8));
  }

  static Optional<PageToken> decode(Listing listing, String text) {
    if (!TEXT.canDecode(text)) {
      return Optional.empty();
    }
    String decoded = new String(TEXT.decode(text), UTF_8);
    if (decoded.length() <= CHECKSUM_CHARS) {
      return Optional.empty();
    }
    String content = decoded.substring(CHECKSUM_CHARS);
    String expected = listing + " ";
    if (!decoded.startsWith(checksum(content)) || !content.startsWith(expected)) {
      return Optional.empty();
    }
    return DatastoreName.tryParse(content.substring(expected.length()))
        .map(name -> new PageToken(listing, name));
  }

  private static String checksum(String content) {
    return Hashing.crc32c().hashString(content, UTF_8).toString();
  }
}
