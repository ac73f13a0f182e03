package io.datastored.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import io.datastored.access.Access;
import io.datastored.access.Identity;
import io.datastored.access.PageTokens;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The lookers identify the clients of the admin listener: a request with a token has the principal
 * that the token was made for, and every other one is anonymous. Thread-safe: immutable.
 */
record Lookers(Access access, PageTokens tokens) {
  private static final String BEARER = "Bearer ";

  /** Who asks; empty if the token of the request is not valid. */
  Optional<Looker> identified(HttpExchange exchange) {
    @Nullable String credentials = exchange.getRequestHeaders().getFirst("Authorization");
    if (credentials == null || !credentials.startsWith(BEARER)) {
      return Optional.of(anonymous(exchange));
    }
    return tokens
        .bearer(credentials.substring(BEARER.length()).strip())
        .map(
            bearer ->
                new Looker(
                    access.subject(bearer.identity()),
                    exchange.getRemoteAddress(),
                    Optional.of(bearer)));
  }

  Looker anonymous(HttpExchange exchange) {
    InetSocketAddress peer = exchange.getRemoteAddress();
    Identity identity =
        peer.getAddress().isLoopbackAddress() && !(exchange instanceof HttpsExchange)
            ? Identity.ANONYMOUS_HERE
            : Identity.ANONYMOUS;
    return new Looker(access.subject(identity), peer, Optional.empty());
  }
}
