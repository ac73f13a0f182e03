package io.datastored.bench.lookup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Active operations are the operations that one process has in progress on a datastore: an element
 * of the array in a tracking file. Immutable.
 */
record ActiveOperations(long pid, long startTime, long read, long write) {

  ActiveOperations plus(long reads, long writes) {
    return new ActiveOperations(pid, startTime, read + reads, write + writes);
  }

  static List<ActiveOperations> parse(byte[] json) throws IOException {
    List<ActiveOperations> all = new ArrayList<>();
    try (var reader =
        new JsonReader(new InputStreamReader(new ByteArrayInputStream(json), UTF_8))) {
      reader.beginArray();
      while (reader.hasNext()) {
        all.add(one(reader));
      }
      reader.endArray();
    }
    return all;
  }

  private static ActiveOperations one(JsonReader reader) throws IOException {
    long pid = 0;
    long startTime = 0;
    long read = 0;
    long write = 0;
    reader.beginObject();
    while (reader.hasNext()) {
      switch (reader.nextName()) {
        case "pid" -> pid = reader.nextLong();
        case "starttime" -> startTime = reader.nextLong();
        case "active_operations" -> reader.beginObject();
        case "read" -> read = reader.nextLong();
        case "write" -> {
          write = reader.nextLong();
          reader.endObject();
        }
        default -> reader.skipValue();
      }
    }
    reader.endObject();
    return new ActiveOperations(pid, startTime, read, write);
  }

  static byte[] toJson(List<ActiveOperations> all) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var writer = new JsonWriter(new OutputStreamWriter(bytes, UTF_8))) {
      writer.beginArray();
      for (ActiveOperations one : all) {
        writer.beginObject().name("pid").value(one.pid).name("starttime").value(one.startTime);
        writer.name("active_operations").beginObject();
        writer.name("read").value(one.read).name("write").value(one.write);
        writer.endObject().endObject();
      }
      writer.endArray();
    }
    return bytes.toByteArray();
  }
}
