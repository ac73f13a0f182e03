package io.datastored.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.io.BaseEncoding;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A sent span is a span as a receiver of OTLP gets it. Immutable.
 *
 * @param parent the id of the span that it is in; empty: none
 * @param attributes of the span; numbers of kinds that no test reads are left out
 * @param events their attributes, each as text
 */
record SentSpan(
    String trace,
    String id,
    String parent,
    String name,
    Map<String, String> attributes,
    List<String> events) {

  /** The spans of an ExportTraceServiceRequest. */
  static List<SentSpan> of(byte[] request) throws InvalidProtocolBufferException {
    return messages(UnknownFieldSet.parseFrom(request), 1).stream()
        .flatMap(resource -> messages(resource, 2).stream())
        .flatMap(scope -> messages(scope, 2).stream())
        .map(SentSpan::of)
        .toList();
  }

  private static SentSpan of(UnknownFieldSet span) {
    return new SentSpan(
        hex(span, 1),
        hex(span, 2),
        hex(span, 4),
        text(span, 5),
        attributes(span, 9),
        messages(span, 11).stream().map(event -> attributes(event, 3).toString()).toList());
  }

  private static Map<String, String> attributes(UnknownFieldSet of, int field) {
    Map<String, String> read = new TreeMap<>();
    for (UnknownFieldSet pair : messages(of, field)) {
      UnknownFieldSet value = messages(pair, 2).get(0);
      if (value.hasField(1)) {
        read.put(text(pair, 1), text(value, 1));
      } else if (value.hasField(3)) {
        read.put(text(pair, 1), value.getField(3).getVarintList().get(0).toString());
      } else if (value.hasField(4)) {
        double number = Double.longBitsToDouble(value.getField(4).getFixed64List().get(0));
        read.put(text(pair, 1), Double.toString(number));
      }
    }
    return read;
  }

  private static List<UnknownFieldSet> messages(UnknownFieldSet in, int field) {
    return in.getField(field).getLengthDelimitedList().stream().map(SentSpan::parsed).toList();
  }

  private static UnknownFieldSet parsed(ByteString bytes) {
    try {
      return UnknownFieldSet.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String text(UnknownFieldSet in, int field) {
    return bytes(in, field).toString(UTF_8);
  }

  private static String hex(UnknownFieldSet in, int field) {
    return BaseEncoding.base16().lowerCase().encode(bytes(in, field).toByteArray());
  }

  private static ByteString bytes(UnknownFieldSet in, int field) {
    return in.getField(field).getLengthDelimitedList().stream()
        .findFirst()
        .orElse(ByteString.EMPTY);
  }
}
