package io.datastored.cli.view;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;

/** Writes messages of the contract as Protobuf JSON, one line each. Stateless. */
public final class Json {

  /** Fields at their default are left out, as Protobuf JSON does. */
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();

  private Json() {}

  public static String line(MessageOrBuilder message) {
    try {
      // JSON has names for the lower controls only; the others would reach the terminal.
      return VisibleText.of(PRINTER.print(message));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the contract has no Any field", e);
    }
  }
}
