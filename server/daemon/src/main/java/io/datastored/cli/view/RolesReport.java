package io.datastored.cli.view;

import com.google.gson.JsonObject;
import io.datastored.access.Access;
import io.datastored.access.Explanation;
import io.datastored.access.Identity;
import io.datastored.access.NamedIdentity;
import io.datastored.config.DatastoreName;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.Optional;

/**
 * A roles report prints the roles that somebody has, and the rules that they come from. Confined to
 * the command's thread.
 */
public final class RolesReport {

  private final PrintWriter out;
  private final OutputFormat format;
  private final TextTable table = new TextTable("WHO", "DATASTORE", "ROLE", "RULE");

  public RolesReport(PrintWriter out, OutputFormat format) {
    this.out = out;
    this.format = format;
  }

  /** Prints a line for the server, and one for each datastore. */
  public void print(Access access, Identity who, Collection<DatastoreName> names) {
    row(NamedIdentity.nameOf(who), "", access.explain(who, Optional.empty()));
    names.forEach(
        name ->
            row(NamedIdentity.nameOf(who), name.value(), access.explain(who, Optional.of(name))));
    if (format == OutputFormat.TABLE) {
      table.printTo(out);
    }
    out.flush();
  }

  private void row(String who, String datastore, Explanation explanation) {
    switch (format) {
      case TABLE ->
          table.row(
              VisibleText.of(who),
              datastore.isEmpty() ? "(server)" : datastore,
              explanation.role().word(),
              VisibleText.of(explanation.rule()));
      case JSON -> {
        var json = new JsonObject();
        json.addProperty("principal", who);
        json.addProperty("datastore", datastore);
        json.addProperty("role", explanation.role().word());
        json.addProperty("rule", explanation.rule());
        out.println(Json.line(json));
      }
    }
  }
}
