package io.datastored.cli.command;

import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Pages are an answer that takes several calls, each of which names where the next one continues.
 * Stateless.
 */
public final class Pages {
  private Pages() {}

  /** Requests one page after the other, until a page names no next one. */
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
