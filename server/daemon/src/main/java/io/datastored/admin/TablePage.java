package io.datastored.admin;

import io.datastored.service.call.CallsOverHttp;
import io.datastored.service.page.StatusTable;

/**
 * The table page, {@code /table}, is the status for browsers without JavaScript. Immutable.
 *
 * @param server where this one is, for people
 */
record TablePage(CallsOverHttp calls, String server) implements Resource {
  private static final String TEMPLATE = HtmlPage.read("table.html");
  private static final StatusTable TABLE = new StatusTable();

  @Override
  public Answer answer(Question question) {
    CallsOverHttp.Text status =
        calls.text(question.looker().subject(), question.looker().peer(), TABLE, server);
    return status.http() == 200
        ? HtmlPage.of(TEMPLATE.replace("<!-- status -->", status.text())).answer()
        : Answer.text(status.http(), status.text());
  }
}
