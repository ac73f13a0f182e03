package io.datastored.probe;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.io.ByteStreams;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gc status file is the {@code .gc-status} that a garbage collection writes into the base
 * directory: JSON with the names of upstream's behaviour, part 8.3. Immutable. It reads at most 64
 * KiB, far more than upstream writes, so that no file can fill the heap. An unreadable file is
 * logged and treated as absent.
 */
final class GcStatusFile {
  static final int MOST_BYTES = 64 * 1024;

  private static final Logger log = LoggerFactory.getLogger(GcStatusFile.class);

  private final Path path;

  private GcStatusFile(Path path) {
    this.path = path;
  }

  static GcStatusFile in(Path basePath) {
    return new GcStatusFile(basePath.resolve(".gc-status"));
  }

  Optional<GcResult> read() {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = ByteStreams.limit(in, MOST_BYTES + 1).readAllBytes();
      if (bytes.length > MOST_BYTES) {
        return unreadable("longer than %d bytes".formatted(MOST_BYTES));
      }
      JsonElement json = JsonParser.parseString(new String(bytes, UTF_8));
      return json.isJsonObject()
          ? Optional.of(result(json.getAsJsonObject()))
          : unreadable("not a JSON object");
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonParseException
        | ClassCastException
        | IllegalStateException
        | IllegalArgumentException
        | UnsupportedOperationException e) {
      return unreadable("not the status of a garbage collection");
    } catch (IOException e) {
      return unreadable(e.toString());
    }
  }

  private Optional<GcResult> unreadable(String reason) {
    log.atWarn()
        .addKeyValue("file", path)
        .addKeyValue("reason", reason)
        .log("cannot read the garbage collection status");
    return Optional.empty();
  }

  private static GcResult result(JsonObject json) {
    JsonElement upid = json.get("upid");
    return new GcResult(
        upid == null || upid.isJsonNull() ? "" : upid.getAsString(),
        number(json, "index-file-count"),
        number(json, "index-data-bytes"),
        number(json, "disk-bytes"),
        number(json, "disk-chunks"),
        number(json, "removed-bytes"),
        number(json, "removed-chunks"),
        number(json, "pending-bytes"),
        number(json, "pending-chunks"),
        number(json, "removed-bad"),
        number(json, "still-bad"));
  }

  private static long number(JsonObject json, String key) {
    JsonElement value = json.get(key);
    return value == null || value.isJsonNull() ? 0 : Math.max(0, value.getAsLong());
  }
}
