package io.datastored.cli.command;

import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Json;
import io.datastored.cli.view.Labels;
import io.datastored.cli.view.TextTable;
import io.datastored.cli.view.VisibleText;
import io.datastored.service.wire.ProtoWords;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.ListDatastoresRequest;
import io.datastored.v1.ListDatastoresResponse;
import io.datastored.v1.UnreadableDatastore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code datastored list}: prints the configured datastores. Confined to its thread. */
@Command(
    name = "list",
    description = "Lists the datastores of a server and their base paths, by name.")
public final class ListCommand implements Callable<Integer> {

  @Mixin ClientOptions client;

  @Override
  public Integer call() {
    return client.ask(
        connection -> {
          var datastores = new Listing<Datastore>(client);
          List<UnreadableDatastore> unreadable = new ArrayList<>();
          Pages.each(
              token -> page(connection, token),
              ListDatastoresResponse::getNextPageToken,
              page -> {
                datastores.add(page.getDatastoresList(), page.getFiltered());
                unreadable.addAll(page.getUnreadableList());
              });
          if (client.isJson()) {
            unreadable.forEach(section -> client.out().println(Json.line(section)));
          }
          datastores.print(
              ListCommand::table,
              unreadable.stream().map(ListCommand::sentence).toList(),
              Labels.FILTERED);
          return ExitStatus.OK;
        });
  }

  private static String sentence(UnreadableDatastore section) {
    return "%s cannot be read, so nothing is served for it: line %d, column %d: %s"
        .formatted(
            section.getName(),
            section.getFault().getLine(),
            section.getFault().getColumn(),
            VisibleText.of(section.getFault().getMessage()));
  }

  private static TextTable table(List<Datastore> datastores) {
    var table = new TextTable("DATASTORE", "MODE", "MOUNT", "PATH", "COMMENT");
    for (Datastore datastore : datastores) {
      table.row(
          datastore.getName(),
          ProtoWords.mode(datastore.getMaintenance()),
          Labels.of(datastore.getMountState()),
          datastore.getBasePath(),
          datastore.getSettings().getComment());
    }
    return table;
  }

  private static ListDatastoresResponse page(Connection connection, String token) {
    return connection
        .configurations()
        .listDatastores(
            ListDatastoresRequest.newBuilder()
                .setView(DatastoreView.DATASTORE_VIEW_FULL)
                .setPageToken(token)
                .build());
  }
}
