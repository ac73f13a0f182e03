package io.datastored.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Open pages read the events of a server as its status page does: each asks again when its stream
 * ends, and goes on where that ended. Thread-safe. They are closed when the server is.
 */
final class OpenPages {

  /** The version that an event brings a page to. */
  private static final Pattern VERSION = Pattern.compile("\"v\":\"([^\"]+)\"");

  private final HttpClient client;
  private final String url;
  private final Semaphore events = new Semaphore(0);

  private OpenPages(HttpClient client, String url) {
    this.client = client;
    this.url = url;
  }

  /** Opens pages of a server. */
  static OpenPages open(HttpClient client, String url, int count) {
    var pages = new OpenPages(client, url);
    for (int i = 0; i < count; i++) {
      var page = new Thread(pages::read, "page-" + i);
      page.setDaemon(true);
      page.start();
    }
    return pages;
  }

  /**
   * Waits until they have read so many events together.
   *
   * @throws IllegalStateException if they do not read one in a minute
   */
  void awaitEvents(int count) {
    try {
      for (int read = 0; read < count; read++) {
        if (!events.tryAcquire(1, TimeUnit.MINUTES)) {
          throw new IllegalStateException("no page is told anything any more");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    String version = "";
    try {
      while (true) {
        URI uri = URI.create(url + "/events?after=" + URLEncoder.encode(version, UTF_8));
        try (var stream =
            new BufferedReader(
                new InputStreamReader(
                    client
                        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofInputStream())
                        .body(),
                    UTF_8))) {
          for (String line = stream.readLine(); line != null; line = stream.readLine()) {
            Matcher found = VERSION.matcher(line);
            if (found.find()) {
              version = found.group(1);
              events.release();
            }
          }
        }
      }
    } catch (IOException e) {
      // The server has ended.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
