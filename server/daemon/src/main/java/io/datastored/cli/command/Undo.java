package io.datastored.cli.command;

import com.google.common.collect.ImmutableList;
import io.datastored.cli.view.Labels;
import io.datastored.service.wire.ProtoWords;
import io.datastored.v1.Datastore;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;

/**
 * An undo is the command that restores the previous mode. Its etag makes it fail if the mode was
 * changed since, so it never undoes another user's change. Immutable.
 *
 * @param server the options that select the server
 * @param datastore the current datastore
 * @param previous the maintenance to restore
 */
record Undo(ImmutableList<String> server, Datastore datastore, Maintenance previous) {

  String command() {
    var command = new StringBuilder("datastored maintenance ");
    if (previous.getMode() == MaintenanceMode.MAINTENANCE_MODE_NONE) {
      command.append("clear ").append(datastore.getName());
    } else {
      command.append("set ").append(datastore.getName()).append(' ');
      command.append(ProtoWords.word(previous.getMode()).orElse("offline"));
      option(command, "--message", previous.getMessage());
      if (previous.hasExpectedEnd()) {
        option(command, "--expected-end", Labels.of(previous.getExpectedEnd()));
      }
    }
    option(command, "--etag", datastore.getEtag());
    server.forEach(word -> command.append(' ').append(Labels.quoted(word)));
    return command.toString();
  }

  private static void option(StringBuilder command, String name, String value) {
    if (!value.isEmpty()) {
      command.append(' ').append(name).append(' ').append(Labels.quoted(value));
    }
  }
}
