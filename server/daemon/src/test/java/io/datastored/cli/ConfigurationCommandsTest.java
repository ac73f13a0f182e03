package io.datastored.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.v1.ConfigFault;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DeleteDatastoreResponse;
import io.datastored.v1.ListDatastoresResponse;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MountState;
import io.datastored.v1.SyncLevel;
import io.datastored.v1.Tuning;
import io.datastored.v1.UnreadableDatastore;
import io.datastored.v1.UpdateDatastoreRequest;
import io.grpc.Status;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code list}, {@code get}, {@code create}, {@code update} and {@code delete}. */
final class ConfigurationCommandsTest {

  @AutoClose private ScriptedServer server;
  private final Shell shell = new Shell();

  @BeforeEach
  void start() throws Exception {
    server = new ScriptedServer();
    shell.with("DATASTORED_SERVER", server.address());
    server.configurations.onGet(request -> datastore(request.getName()));
  }

  private static Datastore datastore(String name) {
    return Datastore.newBuilder()
        .setName(name)
        .setEtag("e7")
        .setGeneration(5)
        .setMaintenance(Maintenance.newBuilder().setMode(MaintenanceMode.MAINTENANCE_MODE_NONE))
        .setMountState(MountState.MOUNT_STATE_NOT_REMOVABLE)
        .setSettings(
            DatastoreSettings.newBuilder()
                .setPath("/srv/" + name)
                .setComment("shelf A")
                .setTuning(Tuning.newBuilder().setSyncLevel(SyncLevel.SYNC_LEVEL_FILE))
                .putOtherProperties("colour", "blue"))
        .setBasePath("/srv/" + name)
        .build();
  }

  @Test
  void list_printsEveryPage_asATable() {
    server.configurations.onList(
        request ->
            request.getPageToken().isEmpty()
                ? ListDatastoresResponse.newBuilder()
                    .addDatastores(datastore("archive"))
                    .setNextPageToken("more")
                    .build()
                : ListDatastoresResponse.newBuilder().addDatastores(datastore("main")).build());
    assertThat(shell.run("list").out())
        .isEqualTo(
            """
            DATASTORE  MODE  MOUNT          PATH          COMMENT
            archive    none  not removable  /srv/archive  shelf A
            main       none  not removable  /srv/main     shelf A
            """);
    assertThat(shell.run("list", "--output=json").out().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("{\"name\":"));
  }

  @Test
  void get_printsTheSettingsAsTheFileSpellsThem() {
    Shell.Result result = shell.run("get", "main");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("etag           e7\n", "generation     5 of 00c0ffee00c0ffee/7\n")
        .contains("base path      /srv/main\n")
        .contains("comment        shelf A\n", "tuning         sync-level=file\n")
        .contains("colour         blue\n");
  }

  @Test
  void create_sendsNameAndSettings() {
    Shell.Result result =
        shell.run("create", "main", "--path=/srv/main", "--verify-new=true", "--dry-run");
    assertThat(result.status()).isZero();
    assertThat(result.out()).isEqualTo("main would be created.\n");
    assertThat(server.configurations.creates.get(0).getValidateOnly()).isTrue();
    assertThat(server.configurations.creates.get(0).getDatastore().getSettings())
        .isEqualTo(DatastoreSettings.newBuilder().setPath("/srv/main").setVerifyNew(true).build());
  }

  @Test
  void update_masksWhatWasTyped_andNothingElse() {
    Shell.Result result =
        shell.run(
            "update", "main", "--comment=shelf B", "--unset=gc-schedule", "--etag=e6", "--dry-run");
    assertThat(result.status()).isZero();
    UpdateDatastoreRequest request = server.configurations.updates.get(0);
    assertThat(request.getUpdateMask().getPathsList()).containsExactly("comment", "gc_schedule");
    assertThat(request.getDatastore().getEtag()).isEqualTo("e6");
    assertThat(request.getDatastore().getSettings().getComment()).isEqualTo("shelf B");
    assertThat(request.getValidateOnly()).isTrue();
  }

  @Test
  void update_ofAnUnknownProperty_keepsTheOthers_andIsConditionalOnWhatItRead() {
    assertThat(shell.run("update", "main", "--property=shape=round").status()).isZero();
    UpdateDatastoreRequest request = server.configurations.updates.get(0);
    assertThat(request.getDatastore().getEtag()).isEqualTo("e7");
    assertThat(request.getDatastore().getSettings().getOtherPropertiesMap())
        .containsOnly(Map.entry("colour", "blue"), Map.entry("shape", "round"));
  }

  @Test
  void delete_ofADatastoreInUse_saysWhatToDoFirst() {
    server.configurations.onDelete(
        request -> {
          throw ScriptedServer.refusal(
              Status.Code.FAILED_PRECONDITION,
              "DATASTORE_IN_USE",
              Map.of("datastore", "main", "operations", "3", "sessions", "212"));
        });
    Shell.Result result = shell.run("delete", "main", "--allow-missing", "--etag=e7");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            "datastored delete: main is in use: 3 operations, 212 sessions that have not applied the"
                + " mode. Wait for them: datastored maintenance drain main\n");
    assertThat(server.configurations.deletes.get(0).getAllowMissing()).isTrue();
    assertThat(server.configurations.deletes.get(0).getEtag()).isEqualTo("e7");
  }

  @Test
  void delete_ignorePbs_isAskedFor_andTold() {
    server.configurations.onDelete(
        request -> {
          if (request.getIgnorePbs()) {
            return DeleteDatastoreResponse.newBuilder().setPbsIgnored(true).build();
          }
          throw ScriptedServer.refusal(
              Status.Code.FAILED_PRECONDITION,
              "DATASTORE_IN_USE",
              Map.of(
                  "datastore",
                  "main",
                  "operations",
                  "0",
                  "sessions",
                  "0",
                  "unseen",
                  "Proxmox Backup Server"));
        });
    Shell.Result refused = shell.run("delete", "main");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .isEqualTo(
            "datastored delete: main cannot be removed yet: operations of Proxmox Backup Server"
                + " cannot be seen. When its tasks on main have ended, repeat with --ignore-pbs.\n");

    Shell.Result removed = shell.run("delete", "main", "--ignore-pbs");
    assertThat(removed.status()).isZero();
    assertThat(removed.out()).contains("were not seen and not waited for (--ignore-pbs).");
  }

  @Test
  void list_showsSectionsThatCannotBeRead() {
    server.configurations.onList(
        request ->
            ListDatastoresResponse.newBuilder()
                .addDatastores(datastore("main"))
                .addUnreadable(
                    UnreadableDatastore.newBuilder()
                        .setName("never")
                        .setFault(
                            ConfigFault.newBuilder()
                                .setLine(4)
                                .setColumn(2)
                                .setMessage("path is required")))
                .build());
    assertThat(shell.run("list").out())
        .endsWith(
            "never cannot be read, so nothing is served for it: line 4, column 2: path is"
                + " required\n");
    assertThat(shell.run("list", "--output=json").out().lines())
        .anyMatch(line -> line.startsWith("{\"name\":\"never\",\"fault\":"));
  }

  @Test
  void list_fromWhichTheRulesKeepSomeBack_saysSo() {
    String sentence = "there may be more datastores: the rules of the server hide some from you\n";
    assertThat(shell.run("list").out()).doesNotContain(sentence);
    server.configurations.onList(
        request ->
            ListDatastoresResponse.newBuilder()
                .addDatastores(datastore("main"))
                .setFiltered(true)
                .build());
    assertThat(shell.run("list").out()).endsWith(sentence);
    assertThat(shell.run("list", "--output=json").out()).doesNotContain(sentence);
  }

  @Test
  void update_unsetOfLegacyProperties_namesThemInTheMask() {
    shell.run("update", "main", "--unset=keep-daily", "--unset=prune-schedule");
    assertThat(server.configurations.updates.get(0).getUpdateMask().getPathsList())
        .containsExactly("legacy_prune.keep_daily", "legacy_prune.schedule");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          maintenance-mode | clear it: datastored maintenance clear main
          path             | change it with --path
          backing-device   | cannot be changed after creation
          name             | the name of the section
          coment           | There is no property 'coment'
          keep-forever     | There is no property 'keep-forever'
          tuning.speed     | There is no property 'tuning.speed'
          """)
  void update_unsetOfWhatCannotBeRemoved_saysWhy_andSendsNothing(String property, String why) {
    Shell.Result result = shell.run("update", "main", "--unset=" + property);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains(why);
    assertThat(server.configurations.updates).isEmpty();
  }

  @Test
  void update_unsetOfAnotherPropertyThatTheSectionHas_removesIt() {
    assertThat(shell.run("update", "main", "--unset=colour").status()).isZero();
    UpdateDatastoreRequest request = server.configurations.updates.get(0);
    assertThat(request.getUpdateMask().getPathsList()).containsExactly("other_properties");
    assertThat(request.getDatastore().getSettings().getOtherPropertiesMap()).isEmpty();
  }

  @Test
  void update_thatChangesNothing_saysSo() {
    server.configurations.onUpdate(request -> datastore("main"));
    assertThat(shell.run("update", "main", "--unset=gc-schedule").out())
        .isEqualTo("Nothing was changed: main already has these settings.\n");
    assertThat(shell.run("update", "main", "--unset=gc-schedule", "--dry-run").out())
        .isEqualTo("Nothing would change: main already has these settings.\n");
    server.configurations.onUpdate(request -> datastore("main").toBuilder().setEtag("e8").build());
    assertThat(shell.run("update", "main", "--comment=x").out())
        .isEqualTo("main has these settings now, revision 00c0ffee00c0ffee/7, etag e8.\n");
  }
}
