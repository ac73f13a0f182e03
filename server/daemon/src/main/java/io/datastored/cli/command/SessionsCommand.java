package io.datastored.cli.command;

import com.google.common.collect.Lists;
import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.HumanFormat;
import io.datastored.cli.view.Labels;
import io.datastored.cli.view.ShortIds;
import io.datastored.cli.view.TextTable;
import io.datastored.v1.ListSessionsRequest;
import io.datastored.v1.ListSessionsResponse;
import io.datastored.v1.Session;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code datastored sessions}: prints the live sessions. Confined to its thread. */
@Command(
    name = "sessions",
    description = {
      "Lists the sessions of a server, those furthest behind first.",
      "SENT is the last generation sent to the client, APPLIED the last one it has acknowledged, LAG how long it has been behind ('-': drains do not wait for it).",
      "Where several servers share one history, each lists its own: ask each of them."
    })
public final class SessionsCommand implements Callable<Integer> {

  @TypedOnly
  @Option(
      names = "--datastore",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Only sessions that a drain of this datastore waits for.")
  String datastore;

  @Option(names = "--full-ids", description = "Print ids in full, however long.")
  boolean fullIds;

  @Mixin ClientOptions client;

  /** Whether the server has left some out. */
  @Override
  public Integer call() {
    return client.ask(
        connection -> {
          var sessions = new Listing<Session>(client);
          Pages.each(
              token -> page(connection, token),
              ListSessionsResponse::getNextPageToken,
              page -> sessions.add(page.getSessionsList(), page.getFiltered()));
          sessions.print(
              this::table,
              sessions.perReplica(Session::getReplica, "sessions"),
              "sessions of others are shown to operators");
          return ExitStatus.OK;
        });
  }

  private ListSessionsResponse page(Connection connection, String token) {
    return connection
        .sessions()
        .listSessions(
            ListSessionsRequest.newBuilder().setDatastore(datastore).setPageToken(token).build());
  }

  /** Prints a session as JSON, or keeps it for the table. */
  private TextTable table(List<Session> all) {
    var table =
        new TextTable("HOLDER", "AGE", "IDLE", "LEASES", "SENT", "APPLIED", "LAG", "SESSION");
    ShortIds ids = ShortIds.among(Lists.transform(all, Session::getSessionId));
    for (Session session : all) {
      table.row(
          Labels.inBrief(session.getHolder()),
          HumanFormat.age(session.getAge()),
          HumanFormat.age(session.getIdle()),
          session.getLeases(),
          session.hasSent() ? session.getSent().getGeneration() : "-",
          session.hasApplied() ? session.getApplied().getGeneration() : "-",
          session.getCaches() ? HumanFormat.age(session.getLag()) : "-",
          fullIds ? session.getSessionId() : ids.of(session.getSessionId()));
    }
    return table;
  }
}
