package io.datastored.cli.view;

import static java.util.stream.Collectors.joining;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import io.datastored.config.ByteSize;
import io.datastored.service.wire.SettingsPaths;
import java.util.Map;

/**
 * Property text is a setting as the file spells it: {@code verify-new true}, {@code tuning
 * chunk-order=none,sync-level=file}. Stateless. It reads the descriptors of the contract, so a new
 * field needs no change here.
 */
public final class PropertyText {

  private PropertyText() {}

  /** The value of a field that is present. */
  static String print(MessageOrBuilder owner, FieldDescriptor field) {
    if (field.isMapField()) {
      return owner.getField(field).toString();
    }
    return printValue(field, owner.getField(field));
  }

  private static String printValue(FieldDescriptor field, Object value) {
    return switch (field.getJavaType()) {
      case ENUM -> word((EnumValueDescriptor) value);
      case MESSAGE ->
          ((Message) value)
              .getAllFields().entrySet().stream()
                  .map(
                      part ->
                          SettingsPaths.key(part.getKey())
                              + "="
                              + printValue(part.getKey(), part.getValue()))
                  .collect(joining(","));
      default -> String.valueOf(value);
    };
  }

  /**
   * Parses a value into a field. If the field is a message, only the parts that the text names are
   * changed.
   *
   * @throws IllegalArgumentException with a sentence
   */
  public static void read(Message.Builder into, FieldDescriptor field, String text) {
    if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
      into.setField(field, value(field, text));
      return;
    }
    Message.Builder parts = into.getFieldBuilder(field);
    parts(field, text).forEach((part, value) -> parts.setField(part, value(part, value)));
  }

  /** The parts of a property string, in order. */
  public static Map<FieldDescriptor, String> parts(FieldDescriptor field, String text) {
    var parts = ImmutableMap.<FieldDescriptor, String>builder();
    for (String part : Splitter.on(',').trimResults().omitEmptyStrings().split(text)) {
      int equals = part.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("'%s' does not have the form key=value".formatted(part));
      }
      String key = part.substring(0, equals);
      FieldDescriptor found =
          SettingsPaths.field(field.getMessageType(), key)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "%s has no '%s', only %s"
                              .formatted(
                                  SettingsPaths.key(field), key, keys(field.getMessageType()))));
      parts.put(found, part.substring(equals + 1));
    }
    return parts.buildKeepingLast();
  }

  private static String keys(Descriptor type) {
    return type.getFields().stream().map(SettingsPaths::key).collect(joining(", "));
  }

  private static Object value(FieldDescriptor field, String text) {
    return switch (field.getJavaType()) {
      case BOOLEAN -> truth(field, text);
      case INT -> Integer.parseInt(number(field, text));
      case LONG -> size(field, text);
      case ENUM -> constant(field, text);
      default -> text;
    };
  }

  private static boolean truth(FieldDescriptor field, String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("%s is true or false".formatted(SettingsPaths.key(field)));
    }
    return Boolean.parseBoolean(text);
  }

  private static String number(FieldDescriptor field, String text) {
    if (!text.matches("\\d{1,9}")) {
      throw new IllegalArgumentException(
          "%s is a whole number".formatted(SettingsPaths.key(field)));
    }
    return text;
  }

  private static long size(FieldDescriptor field, String text) {
    return ByteSize.tryParse(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s is a size such as 500GiB or 500GB".formatted(SettingsPaths.key(field))))
        .bytes();
  }

  private static EnumValueDescriptor constant(FieldDescriptor field, String text) {
    return field.getEnumType().getValues().stream()
        .filter(constant -> constant.getNumber() != 0 && word(constant).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s invalid value '%s' (expected one of: %s)"
                        .formatted(
                            SettingsPaths.key(field),
                            text,
                            field.getEnumType().getValues().stream()
                                .filter(constant -> constant.getNumber() != 0)
                                .map(PropertyText::word)
                                .collect(joining(", ")))));
  }

  /** {@code NOTIFICATION_MODE_LEGACY_SENDMAIL} is {@code legacy-sendmail}. */
  private static String word(EnumValueDescriptor constant) {
    String prefix = constant.getType().findValueByNumber(0).getName().replace("UNSPECIFIED", "");
    String word = Ascii.toLowerCase(constant.getName().substring(prefix.length()));
    // The one word that the file writes without a hyphen.
    return word.equals("file_system") ? "filesystem" : word.replace('_', '-');
  }
}
