package io.datastored.service.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import com.google.common.primitives.Longs;
import io.datastored.config.DatastoreName;
import io.datastored.lease.LiveSession.Position;
import io.datastored.promise.FencingToken;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A page token is the entry after which the next page of a listing begins. Immutable. It is opaque
 * on the wire: a checksum detects tokens that were forged, truncated or issued by another call. It
 * refers to no server state, so it survives a restart.
 */
public record PageToken(Listing listing, String after) {
  private static final BaseEncoding TEXT = BaseEncoding.base64Url().omitPadding();
  private static final int CHECKSUM_CHARS = 8;

  /** The call whose listing it continues, and the format of its positions. Immutable. */
  public enum Listing {
    /** By name. */
    STATUS(text -> DatastoreName.tryParse(text).isPresent()),
    /** By name. */
    DATASTORES(text -> DatastoreName.tryParse(text).isPresent()),
    /** By the revision that they have applied, then by a hash of the id. */
    SESSIONS(text -> place(text).isPresent()),
    /** By fencing token. */
    LEASES(
        text ->
            Optional.ofNullable(Longs.tryParse(text)).filter(FencingToken::isValid).isPresent());

    private final Predicate<String> isPlace;

    Listing(Predicate<String> isPlace) {
      this.isPlace = isPlace;
    }
  }

  /** A position in the list of sessions as text, for page tokens. */
  public static String text(Position place) {
    return place.generation() + " " + place.key();
  }

  /** The position, or empty if the text is not one. */
  public static Optional<Position> place(String text) {
    List<String> parts = List.of(text.split(" ", -1));
    if (parts.size() != 2) {
      return Optional.empty();
    }
    Long generation = Longs.tryParse(parts.get(0));
    Long key = Longs.tryParse(parts.get(1));
    return generation == null || key == null
        ? Optional.empty()
        : Optional.of(new Position(generation, key));
  }

  public String encode() {
    String content = listing + " " + after;
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
    return Optional.of(content.substring(expected.length()))
        .filter(listing.isPlace)
        .map(place -> new PageToken(listing, place));
  }

  private static String checksum(String content) {
    return Hashing.crc32c().hashString(content, UTF_8).toString();
  }
}
