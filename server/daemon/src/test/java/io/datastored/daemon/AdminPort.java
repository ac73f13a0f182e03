package io.datastored.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The admin port of a server under test. Thread-safe. */
record AdminPort(String url) {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  static AdminPort of(InProcessDaemon daemon) {
    return new AdminPort(daemon.daemon().adminUrl().orElseThrow());
  }

  HttpResponse<String> get(String path) {
    try {
      return CLIENT.send(
          HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(20)).build(),
          BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(path, e);
    }
  }

  /** The answer to whoever has the token of a link to the status page. */
  HttpResponse<InputStream> getAs(String link, String path) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Authorization", "Bearer " + link.substring(link.indexOf("#token=") + 7))
            .timeout(Duration.ofSeconds(20))
            .build(),
        BodyHandlers.ofInputStream());
  }

  int status(String path) {
    return get(path).statusCode();
  }

  String body(String path) {
    return get(path).body();
  }
}
