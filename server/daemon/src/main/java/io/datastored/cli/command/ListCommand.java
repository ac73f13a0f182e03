package io.datastored.cli.command;

import io.datastored.cli.flag.BuildVersion;
import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Json;
import io.datastored.cli.view.Labels;
import io.datastored.cli.view.TextTable;
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
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    description = {"Lists the datastores of a server and their base paths, by name.", ""})
public final class ListCommand implements Callable<Integer> {

  @Mixin ClientOptions client;

  /** Whether there may be more than the server shows. */
  private boolean filtered;

  @Override
  public Integer call() {
    return client.ask(
        connection -> {
          var table = new TextTable("DATASTORE", "MODE", "MOUNT", "PATH", "COMMENT");
          List<UnreadableDatastore> unreadable = new ArrayList<>();
          Pages.each(
              token -> page(connection, token),
              ListDatastoresResponse::getNextPageToken,
              page -> {
                page.getDatastoresList().forEach(datastore -> print(datastore, table));
                unreadable.addAll(page.getUnreadableList());
                filtered |= page.getFiltered();
              });
          if (client.isJson()) {
            unreadable.forEach(section -> client.out().println(Json.line(section)));
          } else {
            table.printTo(client.out());
            unreadable.forEach(this::print);
            if (filtered) {
              client.out().println(Labels.FILTERED);
            }
          }
          return ExitStatus.OK;
        });
  }

  private void print(UnreadableDatastore section) {
    client
        .out()
        .printf(
            "%s cannot be read, so nothing is served for it: line %d, column %d: %s%n",
            section.getName(),
            section.getFault().getLine(),
            section.getFault().getColumn(),
            Labels.plain(section.getFault().getMessage()));
  }

  private void print(Datastore datastore, TextTable table) {
    if (client.isJson()) {
      client.out().println(Json.line(datastore));
      return;
    }
    table.row(
        datastore.getName(),
        Labels.mode(datastore.getMaintenance()),
        Labels.of(datastore.getMountState()),
        datastore.getBasePath(),
        datastore.getSettings().getComment());
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
