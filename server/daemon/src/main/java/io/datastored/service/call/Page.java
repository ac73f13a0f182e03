package io.datastored.service.call;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A page is the part of a listing that fits into one response. Confined to one call's thread. It is
 * full at its maximum number of entries or at 1 MiB encoded, a quarter of the default limit of gRPC
 * clients.
 */
final class Page<M extends MessageLite> {
  static final int MOST_BYTES = 1 << 20;

  /** Room for the revision (at most 40 bytes) and the next token (at most 80), with their tags. */
  private static final int FRAME_BYTES = 128;

  private final int fieldNumber;
  private final int mostEntries;
  private final List<M> entries = new ArrayList<>();
  private int bytes;

  /**
   * @param fieldNumber of the repeated field that will carry the entries
   * @param mostEntries the maximum number of entries
   * @param otherBytes the encoded size of the rest of the response, without revision and token
   */
  Page(int fieldNumber, int mostEntries, int otherBytes) {
    this.fieldNumber = fieldNumber;
    this.mostEntries = mostEntries;
    this.bytes = FRAME_BYTES + otherBytes;
  }

  /**
   * Adds an entry and returns true, or returns false if the page is full. The first entry always
   * fits: an empty page would never end the listing.
   */
  boolean add(M entry) {
    int size = CodedOutputStream.computeMessageSize(fieldNumber, entry);
    boolean fits = entries.size() < mostEntries && bytes + size <= MOST_BYTES;
    if (!entries.isEmpty() && !fits) {
      return false;
    }
    entries.add(entry);
    bytes += size;
    return true;
  }

  List<M> entries() {
    return Collections.unmodifiableList(entries);
  }
}
