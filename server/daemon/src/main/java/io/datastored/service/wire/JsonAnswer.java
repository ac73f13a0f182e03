package io.datastored.service.wire;

import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * A JSON answer is the answer to a call that came over HTTP. Immutable.
 *
 * @param http the status of HTTP that stands for the status of the call
 * @param document one line: the Protobuf JSON of the message, or {@code code} and {@code message}
 *     of a refusal. ASCII, so nothing in it can change a terminal
 */
public record JsonAnswer(int http, String document) {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();

  /** The answer of a call that was answered. */
  public static JsonAnswer of(MessageOrBuilder message) {
    try {
      return new JsonAnswer(200, ascii(PRINTER.print(message)));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the contract has no Any field", e);
    }
  }

  /** The answer of a call that was refused. */
  public static JsonAnswer of(StatusRuntimeException refusal) {
    Status status = refusal.getStatus();
    var document = new JsonObject();
    document.addProperty("code", status.getCode().name());
    document.addProperty("message", status.getDescription());
    return new JsonAnswer(http(status.getCode()), ascii(document.toString()));
  }

  private static int http(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case UNAVAILABLE -> 503;
      default -> 500;
    };
  }

  /** In JSON, such characters are in strings only. */
  private static String ascii(String json) {
    var text = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char each = json.charAt(i);
      if (each < ' ' || each > '~') {
        text.append("\\u%04x".formatted((int) each));
      } else {
        text.append(each);
      }
    }
    return text.toString();
  }
}
