package io.datastored.cli.command;

import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Pages are an answer that comes in several calls, each naming where the next one goes on.
 * Stateless.
 */
final class Pages {
  private Pages() {}

  /** Asks for one page after the other, until one names no next. */
  public static <P> void each(
      Function<String, P> ask, Function<P, String> nextPageToken, Consumer<P> page) {
    String token = "";
    do {
      P next = ask.apply(token);
      page.accept(next);
      token = nextPageToken.apply(next);
    } while (!token.isEmpty());
  }
}
