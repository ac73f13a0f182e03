package io.datastored.service.page;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/** A JSON text is JSON on one line that is being written. Confined to who writes it. */
final class JsonText {
  private final StringWriter text = new StringWriter();
  private final JsonWriter json = new JsonWriter(text);

  private JsonText() {}

  /** An action that may fail in theory: a text in memory can always be written. */
  private interface Step {
    void run() throws IOException;
  }

  private JsonText done(Step step) {
    try {
      step.run();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory can be written", e);
    }
  }

  /** The text of one object. */
  static String object(Consumer<JsonText> content) {
    var written = new JsonText();
    written.beginObject();
    content.accept(written);
    written.endObject();
    return written.text.toString();
  }

  /** The text of one array. */
  static String array(Consumer<JsonText> content) {
    var written = new JsonText();
    written.beginArray();
    content.accept(written);
    written.endArray();
    return written.text.toString();
  }

  JsonText beginObject() {
    return done(json::beginObject);
  }

  JsonText endObject() {
    return done(json::endObject);
  }

  JsonText beginArray() {
    return done(json::beginArray);
  }

  JsonText endArray() {
    return done(json::endArray);
  }

  JsonText name(String name) {
    return done(() -> json.name(name));
  }

  JsonText value(String value) {
    return done(() -> json.value(value));
  }

  JsonText value(long value) {
    return done(() -> json.value(value));
  }

  JsonText value(double value) {
    return done(() -> json.value(Math.round(value * 100) / 100.0));
  }

  JsonText value(boolean value) {
    return done(() -> json.value(value));
  }

  JsonText nothing() {
    return done(json::nullValue);
  }

  /** A value that is JSON already. */
  JsonText raw(String value) {
    return done(() -> json.jsonValue(value));
  }
}
