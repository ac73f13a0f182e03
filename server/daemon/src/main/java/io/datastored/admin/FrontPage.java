package io.datastored.admin;

import io.datastored.service.call.CallsOverHttp;
import io.datastored.service.call.StatusText;
import java.util.Optional;

/**
 * The front page, {@code /}, is the status page for browsers, and for terminals that accept {@code
 * text/plain} what {@code datastored status} prints. Immutable. The page itself is the same for
 * everybody: what it shows it asks for, with the token that only the browser knows.
 *
 * @param text prints a status for a terminal
 * @param server where this one is, for people
 */
record FrontPage(CallsOverHttp calls, Optional<StatusText> text, String server)
    implements Resource {
  private static final HtmlPage PAGE = HtmlPage.resource("status.html");

  @Override
  public Answer answer(Question question) {
    if (!question.accept().contains("text/plain") || question.accept().contains("text/html")) {
      return PAGE.answer();
    }
    if (text.isEmpty()) {
      return Answer.text(406, "this server prints no text; ask for /status.json");
    }
    CallsOverHttp.Text status =
        calls.text(question.looker().subject(), question.looker().peer(), text.get(), server);
    return Answer.text(status.http(), status.text().stripTrailing());
  }
}
