package io.datastored.cli.debug;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/** An admin port is where a server shows its metrics over HTTP. Immutable. */
record AdminPort(String address, Duration timeout) {

  /**
   * The metrics.
   *
   * @param incarnation of the server whose metrics are wanted: another one may have the port
   */
  String metrics(String incarnation) throws IOException {
    String found =
        JsonParser.parseString(get("/status.json?page_size=1"))
            .getAsJsonObject()
            .getAsJsonObject("revision")
            .get("incarnation")
            .getAsString();
    if (!found.equals(incarnation)) {
      throw new IOException(
          "another server has the port %s: give that of this one with --admin".formatted(address));
    }
    return get("/metrics");
  }

  private String get(String path) throws IOException {
    var connection =
        (HttpURLConnection) URI.create("http://" + address + path).toURL().openConnection();
    connection.setConnectTimeout((int) timeout.toMillis());
    connection.setReadTimeout((int) timeout.toMillis());
    try {
      if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
        throw new IOException(
            "http://%s%s answers %d".formatted(address, path, connection.getResponseCode()));
      }
      try (InputStream in = connection.getInputStream()) {
        return new String(in.readAllBytes(), UTF_8);
      }
    } catch (IOException e) {
      throw new IOException("http://%s: %s".formatted(address, e.getMessage()), e);
    } finally {
      connection.disconnect();
    }
  }
}
