package io.datastored.config.document;

import io.datastored.config.DatastoreName;
import io.datastored.config.NameMap;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Config slices are the bytes of a whole configuration, cut before the first header of each
 * datastore: for a store that keeps each section by itself. Immutable, provided that the bytes are
 * not modified. Preamble and sections in their order are the configuration, byte for byte.
 *
 * <p>Whatever has no header with a usable name belongs to the slice before it: comments, lines that
 * cannot be read, and a second section of the same name. So text of any kind keeps its meaning, and
 * its faults, when it is cut and put together again.
 *
 * @param preamble what precedes the first header
 * @param sections in the order of the file
 */
public record ConfigSlices(byte[] preamble, NameMap<byte[]> sections) {

  /** Cuts the bytes of a configuration. */
  public static ConfigSlices of(byte[] bytes) {
    return of(ConfigDocument.parse(bytes));
  }

  /** Cuts a document. */
  public static ConfigSlices of(ConfigDocument document) {
    Map<DatastoreName, Integer> starts = new LinkedHashMap<>();
    for (SourceSpan place : document.places()) {
      starts.putIfAbsent(place.name(), place.start());
    }
    RawText text = document.text();
    NameMap.Builder<byte[]> sections =
        NameMap.builder(document.sections(), document.sections().size());
    DatastoreName name = null;
    int from = 0;
    byte[] preamble = null;
    for (Map.Entry<DatastoreName, Integer> start : starts.entrySet()) {
      byte[] slice = text.bytes(from, start.getValue());
      if (name == null) {
        preamble = slice;
      } else {
        sections.put(name, slice);
      }
      name = start.getKey();
      from = start.getValue();
    }
    byte[] last = text.bytes(from, text.text().length());
    if (name != null) {
      sections.put(name, last);
    }
    return new ConfigSlices(preamble == null ? last : preamble, sections.build());
  }

  /** The configuration with another text in the place of one section. */
  public byte[] replacing(DatastoreName name, byte[] text) {
    List<byte[]> slices = new ArrayList<>();
    slices.add(preamble);
    sections.forEach((each, slice) -> slices.add(each.equals(name) ? text : slice));
    return joined(slices);
  }

  /**
   * The configuration of these slices. One that lacks its last line feed, as the last one of a text
   * may, is given it: the next header must not become the end of a line of it.
   */
  public static byte[] joined(Iterable<byte[]> slices) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte last = '\n';
    for (byte[] slice : slices) {
      if (slice.length > 0) {
        if (last != '\n') {
          bytes.write('\n');
        }
        bytes.writeBytes(slice);
        last = slice[slice.length - 1];
      }
    }
    return bytes.toByteArray();
  }
}
