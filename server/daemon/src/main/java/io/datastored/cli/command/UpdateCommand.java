package io.datastored.cli.command;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.EtagFlag;
import io.datastored.cli.flag.SettingsFlags;
import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Labels;
import io.datastored.v1.Datastore;
import io.datastored.v1.GetDatastoreRequest;
import io.datastored.v1.UpdateDatastoreRequest;
import io.datastored.v1.UpdateDatastoreResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code datastored update}: changes settings of a section. Confined to its thread. */
@Command(
    name = "update",
    sortOptions = false,
    description = "Changes the given settings of a datastore; all others stay as they are.")
public final class UpdateCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "The datastore.")
  String datastore;

  @TypedOnly
  @Option(
      names = "--unset",
      paramLabel = "PROPERTY",
      description = "Remove a property (comment) or a part of one (tuning.sync-level); repeatable.")
  List<String> unset = new ArrayList<>();

  @Mixin EtagFlag precondition;

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
            SettingsFlags.given(client),
            ImmutableMap.copyOf(settings.others),
            ImmutableList.copyOf(unset));
    if (edit.isEmpty()) {
      throw new CommandFailed(
          ExitStatus.USAGE, "Nothing to change: give a setting, or --unset one.");
    }
    return client.ask(
        connection -> {
          Datastore present =
              connection
                  .configurations()
                  .getDatastore(GetDatastoreRequest.newBuilder().setName(datastore).build())
                  .getDatastore();
          edit.requireRemovable(datastore, present.getSettings().getOtherPropertiesMap());
          UpdateDatastoreResponse answer =
              connection.configurations().updateDatastore(request(edit, present));
          client.tell(answer, sentence(answer, present));
          return ExitStatus.OK;
        });
  }

  private String sentence(UpdateDatastoreResponse answer, Datastore present) {
    if (answer.getDatastore().getEtag().equals(present.getEtag())) {
      return dryRun
          ? "Nothing would change: %s already has these settings.".formatted(datastore)
          : "Nothing was changed: %s already has these settings.".formatted(datastore);
    }
    return dryRun
        ? datastore + " could be changed so."
        : "%s has these settings now, revision %s, etag %s."
            .formatted(datastore, Labels.of(answer.getRevision()), answer.getDatastore().getEtag());
  }

  private UpdateDatastoreRequest request(SettingsEdit edit, Datastore present) {
    var next = Datastore.newBuilder().setName(datastore).setEtag(precondition.etag);
    if (edit.touchesOthers()) {
      next.setSettings(edit.settings(present.getSettings().getOtherPropertiesMap()));
      if (precondition.etag.isEmpty()) {
        // The map is replaced as a whole: the etag protects what another client added to it in the
        // meantime.
        next.setEtag(present.getEtag());
      }
    } else {
      next.setSettings(edit.settings(ImmutableMap.of()));
    }
    return UpdateDatastoreRequest.newBuilder()
        .setDatastore(next)
        .setUpdateMask(edit.mask())
        .setValidateOnly(dryRun)
        .build();
  }
}
