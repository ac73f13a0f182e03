package io.datastored.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableMap;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Optional;

/**
 * An answer is what the admin listener sends back. Immutable: nobody writes to the body.
 *
 * @param status of HTTP
 * @param contentType of the body
 * @param headers besides those of every answer
 * @param body not modified
 * @param takeover sends the answer instead, and goes on sending
 */
@SuppressWarnings("ArrayRecordComponent") // sent as it is, never compared
record Answer(
    int status,
    String contentType,
    ImmutableMap<String, String> headers,
    byte[] body,
    Optional<Takeover> takeover) {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json; charset=utf-8";
  private static final byte[] NOTHING = new byte[0];

  /** A takeover answers a request by itself, also after the front has returned. */
  interface Takeover {
    /** Takes over the request; closes it in the end, whatever happens. */
    void begin(HttpExchange exchange) throws IOException;
  }

  Answer(int status, String contentType, byte[] body) {
    this(status, contentType, ImmutableMap.of(), body, Optional.empty());
  }

  /** A text for people, which ends with a line feed. */
  public static Answer text(int status, String text) {
    return new Answer(status, TEXT, (text + "\n").getBytes(UTF_8));
  }

  /** A JSON document. */
  public static Answer json(int status, String document) {
    return new Answer(status, JSON, (document + "\n").getBytes(UTF_8));
  }

  /** An answer that has no end of its own. */
  static Answer takenOverBy(Takeover takeover) {
    return new Answer(200, TEXT, ImmutableMap.of(), NOTHING, Optional.of(takeover));
  }

  Answer with(String header, String value) {
    return new Answer(
        status,
        contentType,
        ImmutableMap.<String, String>builder().putAll(headers).put(header, value).buildOrThrow(),
        body,
        takeover);
  }

  /** Sends it. Blocks while the client does not read. */
  void sendTo(HttpExchange exchange) throws IOException {
    var all = exchange.getResponseHeaders();
    all.set("Content-Type", contentType);
    headers.forEach(all::set);
    if (exchange.getRequestMethod().equals("HEAD")) {
      all.set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }
}
