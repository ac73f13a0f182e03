package io.datastored.service.wire;

import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.ErrorInfo;
import io.datastored.access.Principal;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A brief is the part of a refusal's text that is sent, cut so that all trailers stay below the 8
 * KiB of headers that clients accept. Stateless.
 *
 * <p>The sum, with the largest expansion by base64 and percent encoding: text 1,750 bytes, and
 * metadata of the largest row 2,800, or metadata of a row with violations 1,000 and the violations
 * 3,400.
 */
final class Brief {
  /** Limit of the status text, which is sent twice, once percent-encoded. */
  private static final int TEXT_BYTES = 400;

  /** Limit of one value of an ErrorInfo: 64 characters of any kind, as in a maintenance message. */
  private static final int VALUE_BYTES = 256;

  private static final int FIELD_BYTES = 120;
  private static final int DESCRIPTION_BYTES = 200;
  private static final int VIOLATIONS_BYTES = 2_400;

  /** More would not help a caller. */
  static final int MOST_VIOLATIONS = 50;

  private static final String CUT = "...";

  private Brief() {}

  static String text(String words) {
    return of(words, TEXT_BYTES);
  }

  /** The ErrorInfo with each metadata value cut and on one line. */
  static ErrorInfo info(ErrorInfo info) {
    ErrorInfo.Builder brief = info.toBuilder();
    info.getMetadataMap().forEach((key, value) -> brief.putMetadata(key, of(value, VALUE_BYTES)));
    return brief.build();
  }

  /**
   * As many violations as fit, and the number of omitted ones.
   *
   * @param total the number of violations; the list may already be shorter
   */
  static BadRequest faults(List<FieldViolation> violations, long total) {
    var faults = BadRequest.newBuilder();
    long bytes = 0;
    for (FieldViolation violation : violations) {
      FieldViolation brief =
          violation.toBuilder()
              .setField(of(violation.getField(), FIELD_BYTES))
              .setDescription(of(violation.getDescription(), DESCRIPTION_BYTES))
              .build();
      bytes += brief.getSerializedSize() + 3;
      if (faults.getFieldViolationsCount() == MOST_VIOLATIONS || bytes > VIOLATIONS_BYTES) {
        break;
      }
      faults.addFieldViolations(brief);
    }
    long more = total - faults.getFieldViolationsCount();
    if (more > 0) {
      faults.addFieldViolations(
          FieldViolation.newBuilder()
              .setDescription("%d more faults are not listed".formatted(more)));
    }
    return faults.build();
  }

  /** The text on one line, cut to a number of bytes. */
  private static String of(String words, int mostBytes) {
    StringBuilder brief = new StringBuilder(Math.min(words.length(), mostBytes));
    int bytes = 0;
    for (int at = 0; at < words.length(); ) {
      int point = words.codePointAt(at);
      String shown =
          Principal.isPlain(point) ? Character.toString(point) : "\\u{%x}".formatted(point);
      bytes += shown.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > mostBytes - CUT.length() && !isRestShort(words, at, mostBytes - bytes)) {
        return brief + CUT;
      }
      brief.append(shown);
      at += Character.charCount(point);
    }
    return brief.toString();
  }

  /** Whether the rest of the text fits into the remaining room unchanged. */
  private static boolean isRestShort(String words, int at, int room) {
    String rest = words.substring(at + Character.charCount(words.codePointAt(at)));
    return room >= 0
        && rest.length() <= room
        && rest.codePoints().allMatch(Principal::isPlain)
        && rest.getBytes(StandardCharsets.UTF_8).length <= room;
  }
}
