package io.datastored.cli.command;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.SettingsFlags;
import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Labels;
import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.CreateDatastoreResponse;
import io.datastored.v1.Datastore;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code datastored create}: adds a section to the file. Confined to its thread. */
@Command(
    name = "create",
    sortOptions = false,
    description = "Adds a datastore to the configuration. Its base directory is not touched.")
public final class CreateCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "3 to 32 of [A-Za-z0-9._-].")
  String datastore;

  @TypedOnly
  @Option(names = "--dry-run", description = "Check everything, write nothing.")
  boolean dryRun;

  @ArgGroup(validate = false, heading = "%nSettings:%n")
  SettingsFlags settings = new SettingsFlags();

  @Mixin ClientOptions client;

  @Override
  public Integer call() {
    var edit =
        new SettingsEdit(
            SettingsFlags.given(client), ImmutableMap.copyOf(settings.others), ImmutableList.of());
    var request =
        CreateDatastoreRequest.newBuilder()
            .setDatastore(
                Datastore.newBuilder().setName(datastore).setSettings(edit.settings(Map.of())))
            .setValidateOnly(dryRun)
            .build();
    return client.ask(
        connection -> {
          CreateDatastoreResponse answer = connection.configurations().createDatastore(request);
          client.tell(
              answer,
              dryRun
                  ? datastore + " would be created."
                  : "%s is created, revision %s."
                      .formatted(datastore, Labels.of(answer.getRevision())));
          return ExitStatus.OK;
        });
  }
}
