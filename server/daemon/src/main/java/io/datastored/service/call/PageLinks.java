package io.datastored.service.call;

import io.datastored.access.Identity;
import io.datastored.access.PageTokens;
import java.time.Duration;
import java.util.Optional;

/**
 * Page links are the links to the status page of this server. Thread-safe: one volatile field,
 * written when the page can be reached.
 */
public final class PageLinks {
  private final PageTokens tokens;
  private volatile Optional<String> page = Optional.empty();

  /**
   * @param tokens identify the readers of the page
   */
  public PageLinks(PageTokens tokens) {
    this.tokens = tokens;
  }

  /** The tokens by which the page identifies its readers. */
  public PageTokens tokens() {
    return tokens;
  }

  /** Sets the address of the page, from when it can be reached. */
  public void openedAt(String url) {
    page = Optional.of(url);
  }

  /** The page as anonymous sees it; empty if there is none. */
  Optional<String> plain() {
    return page;
  }

  /**
   * The page as a client sees it; empty if there is none. The token is in the fragment, which
   * browsers keep to themselves: it is in no request line, no log of a proxy and no referrer.
   */
  Optional<String> of(Identity identity, Duration validity) {
    return page.map(url -> url + "#token=" + tokens.issue(identity, validity));
  }
}
