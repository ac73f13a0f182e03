package io.datastored.admin;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The front of the admin listener decides which requests are let in, and what their answers may
 * say. Thread-safe. In this order: the method (the port only reads), the path, the name by which
 * the host was called, where the request comes from, and whom it is from.
 *
 * <p>The name is checked because a browser asks this port for any page that has made a name of its
 * own point to it. Pages of other origins cannot read answers: no answer allows it (CORS).
 */
final class Front implements HttpHandler {
  private static final Logger log = LoggerFactory.getLogger(Front.class);

  private final ImmutableMap<String, Resource> resources;
  private final AdminOptions options;
  private final Lookers lookers;

  /** Keeps threads for probes, whatever else is asked. */
  private final Semaphore others;

  /**
   * @param resources by path
   * @param others how many requests are answered at a time that are not probes
   */
  Front(
      ImmutableMap<String, Resource> resources, AdminOptions options, Lookers lookers, int others) {
    this.resources = resources;
    this.options = options;
    this.lookers = lookers;
    this.others = new Semaphore(others);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    boolean takenOver = false;
    try {
      setCommonHeaders(exchange.getResponseHeaders());
      takenOver = serve(exchange);
    } finally {
      if (!takenOver) {
        exchange.close();
      }
    }
  }

  /** What no answer goes without: nothing of it may be kept, guessed, framed or told elsewhere. */
  private static void setCommonHeaders(Headers headers) {
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  }

  /** Answers a request; true if it was taken over by something that goes on to answer it. */
  private boolean serve(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      Answer.text(405, "this port only reads: GET or HEAD").sendTo(exchange);
      return false;
    }
    Resource resource = resources.get(exchange.getRequestURI().getPath());
    if (resource == null) {
      Answer.text(404, "not found; available: " + String.join(", ", resources.keySet()))
          .sendTo(exchange);
      return false;
    }
    boolean named = isOurName(exchange.getRequestHeaders().getFirst("Host"));
    boolean discreet =
        exchange.getRemoteAddress().getAddress().isLoopbackAddress()
            || exchange instanceof HttpsExchange
            || options.exposure() == AdminExposure.INSECURE;
    Optional<Looker> looker = lookers.identified(exchange);
    if (resource.audience() == Resource.Audience.EVERYBODY) {
      // A probe must not fail because of a token.
      Looker who = looker.orElseGet(() -> lookers.anonymous(exchange));
      Question.Detail detail = named && discreet ? Question.Detail.REASONS : Question.Detail.NONE;
      answer(resource, question(who, detail, exchange), exchange).sendTo(exchange);
      return false;
    }
    Optional<Answer> refusal = refusal(named, discreet, looker.isPresent());
    if (refusal.isPresent()) {
      refusal.get().sendTo(exchange);
      return false;
    }
    return serveOneOfMany(
        resource, question(looker.orElseThrow(), Question.Detail.REASONS, exchange), exchange);
  }

  private static Optional<Answer> refusal(boolean named, boolean discreet, boolean identified) {
    if (!named) {
      return Optional.of(
          Answer.text(
              421,
              "the server is not called by this name: use its address, or give the name with"
                  + " --admin-host"));
    }
    if (!discreet) {
      return Optional.of(
          Answer.text(
              403,
              "only this host may ask for this in clear text: start the server with --admin-tls, or"
                  + " --admin-insecure"));
    }
    return identified
        ? Optional.empty()
        : Optional.of(
            Answer.text(
                    401,
                    "this link has ended, or was made before the server was started: run"
                        + " 'datastored page'")
                .with("WWW-Authenticate", "Bearer"));
  }

  private boolean serveOneOfMany(Resource resource, Question question, HttpExchange exchange)
      throws IOException {
    // Held until the client has read the answer: who reads slowly takes no thread from probes.
    if (!others.tryAcquire()) {
      Answer.text(503, "too many requests at a time").sendTo(exchange);
      return false;
    }
    try {
      Answer answer = answer(resource, question, exchange);
      if (answer.takeover().isPresent() && exchange.getRequestMethod().equals("GET")) {
        answer.takeover().get().begin(exchange);
        return true;
      }
      answer.sendTo(exchange);
      return false;
    } finally {
      others.release();
    }
  }

  private static Answer answer(Resource resource, Question question, HttpExchange exchange) {
    try {
      return resource.answer(question);
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("{} failed", exchange.getRequestURI().getPath());
      return Answer.text(500, "internal error; see the server's log");
    }
  }

  private static Question question(Looker looker, Question.Detail detail, HttpExchange exchange) {
    return new Question(
        looker,
        detail,
        Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Accept"), ""),
        parameters(exchange.getRequestURI().getRawQuery()));
  }

  /** No name at all, as of HTTP/1.0, is not that of another one. */
  private boolean isOurName(@Nullable String host) {
    if (host == null) {
      return true;
    }
    try {
      String name = Ascii.toLowerCase(HostAndPort.fromString(host).getHost());
      return name.equals("localhost")
          || InetAddresses.isInetAddress(name)
          || options.hosts().contains(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static ImmutableListMultimap<String, String> parameters(@Nullable String query) {
    ImmutableListMultimap.Builder<String, String> parameters = ImmutableListMultimap.builder();
    if (query != null) {
      for (String each : Splitter.on('&').omitEmptyStrings().split(query)) {
        List<String> parts = Splitter.on('=').limit(2).splitToList(each);
        parameters.put(decoded(parts.get(0)), parts.size() == 1 ? "" : decoded(parts.get(1)));
      }
    }
    return parameters.build();
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text; // a stray percent sign: no name or value that is known
    }
  }
}
