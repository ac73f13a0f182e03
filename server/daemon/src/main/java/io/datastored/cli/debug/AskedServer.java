package io.datastored.cli.debug;

import io.datastored.cli.command.Pages;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.ErrorMessage;
import io.datastored.cli.view.Json;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.ListDatastoresRequest;
import io.datastored.v1.ListDatastoresResponse;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.function.Consumer;

/** An asked server is what a server reports about itself. Confined to the command's thread. */
final class AskedServer {

  private static final String LEFT_OUT = "(left out)";

  private final Connection connection;
  private String incarnation = "";

  AskedServer(Connection connection) {
    this.connection = connection;
  }

  /** What {@code datastored status} shows, as JSON. */
  String status() throws IOException {
    return lines(
        line ->
            Pages.each(
                token ->
                    connection
                        .datastores()
                        .status(StatusRequest.newBuilder().setPageToken(token).build()),
                StatusResponse::getNextPageToken,
                page -> {
                  incarnation = page.getRevision().getIncarnation();
                  line.accept(Json.line(page));
                }));
  }

  /** The incarnation of the last status. */
  String incarnation() throws IOException {
    if (incarnation.isEmpty()) {
      throw new IOException("the server did not answer, so it is not known whose port that is");
    }
    return incarnation;
  }

  /** The configuration as the server has understood it, without what people wrote into it. */
  String datastores() throws IOException {
    return lines(
        line ->
            Pages.each(
                token ->
                    connection
                        .configurations()
                        .listDatastores(
                            ListDatastoresRequest.newBuilder()
                                .setView(DatastoreView.DATASTORE_VIEW_FULL)
                                .setPageToken(token)
                                .build()),
                ListDatastoresResponse::getNextPageToken,
                page -> {
                  page.getDatastoresList()
                      .forEach(datastore -> line.accept(Json.line(withoutSecrets(datastore))));
                  page.getUnreadableList().forEach(section -> line.accept(Json.line(section)));
                }));
  }

  /** Comments and unknown properties can have anything in them. */
  static Datastore withoutSecrets(Datastore datastore) {
    var shown = datastore.toBuilder();
    if (datastore.getSettings().hasComment()) {
      shown.getSettingsBuilder().setComment(LEFT_OUT);
    }
    datastore
        .getSettings()
        .getOtherPropertiesMap()
        .keySet()
        .forEach(key -> shown.getSettingsBuilder().putOtherProperties(key, LEFT_OUT));
    return shown.build();
  }

  private String lines(Consumer<Consumer<String>> ask) throws IOException {
    var text = new StringBuilder();
    try {
      ask.accept(line -> text.append(line).append('\n'));
    } catch (StatusRuntimeException refused) {
      throw new IOException(ErrorMessage.of(connection.server(), refused).sentence(), refused);
    }
    return text.toString();
  }
}
