package io.datastored.cli.view;

import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;

/** JSON output writes objects, and messages of the contract as Protobuf JSON. Stateless. */
public final class Json {

  /** Omits fields with default values, as Protobuf JSON does. */
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();

  private Json() {}

  /** One line. */
  public static String line(JsonObject object) {
    // JSON escapes C0 control characters only; the others would reach the terminal.
    return VisibleText.of(object.toString());
  }

  /** One line. */
  public static String line(MessageOrBuilder message) {
    try {
      return VisibleText.of(PRINTER.print(message));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the contract has no Any field", e);
    }
  }
}
