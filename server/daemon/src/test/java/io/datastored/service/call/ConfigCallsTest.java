package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.FieldMask;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.history.file.FileStoreOptions;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.v1.Backend;
import io.datastored.v1.BackendKind;
import io.datastored.v1.ChunkOrder;
import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.CreateDatastoreResponse;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreConfigServiceGrpc.DatastoreConfigServiceBlockingStub;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.GetDatastoreRequest;
import io.datastored.v1.GetDatastoreResponse;
import io.datastored.v1.LegacyPrune;
import io.datastored.v1.ListDatastoresRequest;
import io.datastored.v1.ListDatastoresResponse;
import io.datastored.v1.Maintenance;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.Notify;
import io.datastored.v1.NotifyWhen;
import io.datastored.v1.SyncLevel;
import io.datastored.v1.Tuning;
import io.datastored.v1.UpdateDatastoreRequest;
import io.datastored.v1.UpdateDatastoreResponse;
import io.grpc.Status.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class ConfigCallsTest {
  private static final String CONFIG =
      """
      # kept
      datastore: archive
      	comment cold data
      	future-thing 42
      	keep-last 3
      	path /srv/archive
      	tuning chunk-order=none,sync-level=file

      datastore: main
      	path /srv/main

      datastore: s3-eu
      	backend type=s3,client=minio-eu,bucket=backups-prod,max-cache-size=500GiB
      	path /srv/s3-eu

      datastore: usb
      	backing-device 0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f
      	path stores/usb
      """;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private InProcessDaemon daemon;
  private DatastoreConfigServiceBlockingStub config;

  @BeforeEach
  void start() throws Exception {
    daemon = InProcessDaemon.start(cleanup, directory, CONFIG);
    config = DatastoreConfigServiceGrpc.newBlockingStub(daemon.channel());
  }

  private void serve(String datastoreCfg) throws Exception {
    daemon.close();
    daemon = InProcessDaemon.start(cleanup, directory, datastoreCfg);
    config = DatastoreConfigServiceGrpc.newBlockingStub(daemon.channel());
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void get_present_answersEverything() {
    GetDatastoreResponse answer = get("archive");

    assertThat(answer.getRevision().getGeneration()).isPositive();
    assertThat(answer.getDatastore().getEtag()).isNotEmpty();
    assertThat(answer.getDatastore().getMaintenance())
        .isEqualTo(Maintenance.newBuilder().setMode(MaintenanceMode.MAINTENANCE_MODE_NONE).build());
    assertThat(answer.getDatastore().getSettings())
        .isEqualTo(
            DatastoreSettings.newBuilder()
                .setPath("/srv/archive")
                .setComment("cold data")
                .setLegacyPrune(LegacyPrune.newBuilder().setKeepLast(3).putKeep("keep-last", 3))
                .setTuning(
                    Tuning.newBuilder()
                        .setChunkOrder(ChunkOrder.CHUNK_ORDER_NONE)
                        .setSyncLevel(SyncLevel.SYNC_LEVEL_FILE))
                .putOtherProperties("future-thing", "42")
                .build());
  }

  @Test
  void get_unknownOrMisspelt_isRefused() {
    assertThat(CaughtRefusal.of(() -> get("nowhere")).code()).isEqualTo(Code.NOT_FOUND);
    assertThat(CaughtRefusal.of(() -> get("a b")).faultyFields()).containsExactly("name");
    assertThat(CaughtRefusal.of(() -> get("")).faultyFields()).containsExactly("name");
  }

  @Test
  void create_good_isWrittenAndRead() throws IOException {
    DatastoreSettings settings =
        DatastoreSettings.newBuilder()
            .setPath("/srv/fresh")
            .setVerifyNew(false)
            .setNotify(Notify.newBuilder().setGc(NotifyWhen.NOTIFY_WHEN_ERROR))
            .build();

    CreateDatastoreResponse answer = config.createDatastore(create("fresh", settings).build());

    assertThat(answer.getDatastore().getSettings()).isEqualTo(settings);
    assertThat(answer.getDatastore().getGeneration())
        .isEqualTo(answer.getRevision().getGeneration());
    assertThat(get("fresh").getDatastore()).isEqualTo(answer.getDatastore());
    assertThat(Files.readString(daemon.configFile()))
        .contains(
            "# kept", "datastore: fresh\n\tnotify gc=error\n\tpath /srv/fresh\n\tverify-new false");
  }

  @Test
  void create_validateOnly_writesNothing() throws IOException {
    CreateDatastoreResponse answer =
        config.createDatastore(
            create("fresh", DatastoreSettings.newBuilder().setPath("/srv/fresh").build())
                .setValidateOnly(true)
                .build());

    assertThat(answer.getDatastore().getName()).isEqualTo("fresh");
    assertThat(Files.readString(daemon.configFile())).isEqualTo(CONFIG);
    assertThat(CaughtRefusal.of(() -> get("fresh")).code()).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void create_manyFaults_areAllTold() {
    CreateDatastoreRequest request =
        CreateDatastoreRequest.newBuilder()
            .setDatastore(
                Datastore.newBuilder()
                    .setName("-bad")
                    .setEtag("e")
                    .setGeneration(3)
                    .setMaintenance(Maintenance.getDefaultInstance())
                    .setSettings(
                        DatastoreSettings.newBuilder()
                            .setPath("/srv/x")
                            .setLegacyPrune(LegacyPrune.newBuilder().setKeepLast(1))
                            .setNotificationModeValue(99)
                            .setTuning(Tuning.newBuilder().setSyncLevelValue(77))
                            .setBackend(Backend.newBuilder().setMaxCacheSizeBytes(-1))))
            .build();

    CaughtRefusal refusal = CaughtRefusal.of(() -> config.createDatastore(request));

    assertThat(refusal.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(refusal.faultyFields())
        .containsExactlyInAnyOrder(
            "datastore.name",
            "datastore.etag",
            "datastore.generation",
            "datastore.maintenance",
            "datastore.settings.legacy_prune",
            "datastore.settings.notification_mode",
            "datastore.settings.tuning.sync_level",
            "datastore.settings.backend.max_cache_size_bytes");
  }

  @Test
  void update_nestedPath_changesOnlyThat() throws IOException {
    UpdateDatastoreResponse answer =
        update(
            "archive",
            DatastoreSettings.newBuilder()
                .setComment("not masked")
                .setTuning(Tuning.newBuilder().setSyncLevel(SyncLevel.SYNC_LEVEL_NONE))
                .build(),
            "tuning.sync_level");

    DatastoreSettings settings = answer.getDatastore().getSettings();
    assertThat(settings.getComment()).isEqualTo("cold data");
    assertThat(settings.getTuning().getSyncLevel()).isEqualTo(SyncLevel.SYNC_LEVEL_NONE);
    assertThat(settings.getTuning().getChunkOrder()).isEqualTo(ChunkOrder.CHUNK_ORDER_NONE);
    assertThat(Files.readString(daemon.configFile()))
        .contains("future-thing 42", "keep-last 3", "# kept");
  }

  @Test
  void update_unsetMaskedField_removesTheProperty() throws IOException {
    DatastoreSettings settings =
        update("archive", DatastoreSettings.getDefaultInstance(), "comment", "tuning")
            .getDatastore()
            .getSettings();

    assertThat(settings.hasComment()).isFalse();
    assertThat(settings.hasTuning()).isFalse();
    assertThat(Files.readString(daemon.configFile())).doesNotContain("cold data", "tuning");
  }

  @Test
  void update_lastKeyOfAPropertyString_removesTheProperty() {
    update(
        "archive",
        DatastoreSettings.getDefaultInstance(),
        "tuning.sync_level",
        "tuning.chunk_order");

    assertThat(get("archive").getDatastore().getSettings().hasTuning()).isFalse();
  }

  @Test
  void update_star_replacesAllButWhatIsKept() {
    DatastoreSettings settings =
        update("archive", DatastoreSettings.newBuilder().setPath("/srv/archive").build(), "*")
            .getDatastore()
            .getSettings();

    assertThat(settings)
        .isEqualTo(
            DatastoreSettings.newBuilder()
                .setPath("/srv/archive")
                .setLegacyPrune(LegacyPrune.newBuilder().setKeepLast(3).putKeep("keep-last", 3))
                .putOtherProperties("future-thing", "42")
                .build());
  }

  @Test
  void update_sameSizeOfCache_keepsTheTextOfTheFile() throws IOException {
    DatastoreSettings settings =
        update(
                "s3-eu",
                DatastoreSettings.newBuilder()
                    .setComment("Frankfurt")
                    .setBackend(
                        Backend.newBuilder()
                            .setKind(BackendKind.BACKEND_KIND_S3)
                            .setClient("minio-eu")
                            .setBucket("backups-prod")
                            .setMaxCacheSizeBytes(500L << 30))
                    .build(),
                "comment",
                "backend")
            .getDatastore()
            .getSettings();

    assertThat(settings.getBackend().getMaxCacheSizeBytes()).isEqualTo(500L << 30);
    assertThat(Files.readString(daemon.configFile())).contains("max-cache-size=500GiB");
  }

  @Test
  void update_changesNothing_bumpsNothing() throws Exception {
    // Without a removable datastore, whose device is looked for meanwhile and committed.
    serve("datastore: archive\n\tcomment cold data\n\tpath /srv/archive\n");
    GetDatastoreResponse before = get("archive");

    UpdateDatastoreResponse answer =
        update(
            "archive", DatastoreSettings.newBuilder().setComment("cold data").build(), "comment");

    assertThat(answer.getRevision()).isEqualTo(before.getRevision());
    assertThat(answer.getDatastore()).isEqualTo(before.getDatastore());
  }

  @Test
  void update_propertyWithoutCounterpart_staysWhenItIsNotNamed() throws Exception {
    serve("datastore: archive\n\tcomment \n\tpath /srv/archive\n");

    update("archive", DatastoreSettings.newBuilder().setVerifyNew(true).build(), "verify_new");

    assertThat(Files.readString(daemon.configFile())).contains("\tcomment ", "verify-new true");
  }

  @Test
  void update_etag_mustHold() {
    String etag = get("archive").getDatastore().getEtag();
    UpdateDatastoreRequest.Builder request =
        updateRequest(
            "archive", DatastoreSettings.newBuilder().setComment("new").build(), "comment");
    request.getDatastoreBuilder().setEtag(etag);

    String next = config.updateDatastore(request.build()).getDatastore().getEtag();

    assertThat(next).isNotEqualTo(etag);
    request.getDatastoreBuilder().getSettingsBuilder().setComment("newer");
    CaughtRefusal refusal = CaughtRefusal.of(() -> config.updateDatastore(request.build()));
    assertThat(refusal.reason()).isEqualTo("ETAG_MISMATCH");
    assertThat(refusal.info().getMetadataMap()).containsEntry("etag", next);
  }

  @Test
  void update_badMask_isRefused() {
    DatastoreSettings settings =
        DatastoreSettings.newBuilder()
            .setComment("x")
            .setLegacyPrune(LegacyPrune.newBuilder().setKeepLast(2))
            .build();

    assertThat(CaughtRefusal.of(() -> update("main", settings)).faultyFields())
        .containsExactly("update_mask");
    CaughtRefusal refusal =
        CaughtRefusal.of(
            () ->
                update(
                    "main",
                    settings,
                    "comment",
                    "colour",
                    "tuning.speed",
                    "legacy_prune.keep_last"));
    assertThat(refusal.faultyFields()).containsExactly("update_mask", "update_mask", "update_mask");
    assertThat(refusal.status().toString())
        .contains("colour", "tuning.speed", "legacy_prune.keep_last");
    assertThat(
            CaughtRefusal.of(
                    () -> update("main", DatastoreSettings.getDefaultInstance(), "*", "comment"))
                .faultyFields())
        .containsExactly("update_mask");
  }

  @Test
  void update_starWithLegacyPrune_isRefused() {
    DatastoreSettings settings =
        DatastoreSettings.newBuilder()
            .setPath("/srv/main")
            .setLegacyPrune(LegacyPrune.newBuilder().setKeepLast(9))
            .build();

    assertThat(CaughtRefusal.of(() -> update("main", settings, "*")).faultyFields())
        .containsExactly("datastore.settings.legacy_prune");
  }

  @Test
  void update_backingDevice_cannotChange() {
    DatastoreSettings other =
        DatastoreSettings.newBuilder()
            .setBackingDevice("11111111-1b7d-4c55-9d7e-6a2b3c4d5e6f")
            .build();

    assertThat(CaughtRefusal.of(() -> update("usb", other, "backing_device")).faultyFields())
        .containsExactly("datastore.settings.backing_device");
    assertThat(
            CaughtRefusal.of(
                    () -> update("usb", DatastoreSettings.getDefaultInstance(), "backing_device"))
                .faultyFields())
        .containsExactly("datastore.settings.backing_device");
  }

  @Test
  void update_invalidResult_isRefusedWithPlaceInTheRequest() {
    CaughtRefusal refusal =
        CaughtRefusal.of(
            () ->
                update(
                    "main",
                    DatastoreSettings.newBuilder()
                        .setTuning(Tuning.newBuilder().setGcAtimeCutoffMinutes(0))
                        .build(),
                    "path",
                    "tuning.gc_atime_cutoff_minutes"));

    assertThat(refusal.reason()).isEqualTo("CONFIG_INVALID");
    assertThat(refusal.faultyFields())
        .containsExactlyInAnyOrder(
            "datastore.settings.path", "datastore.settings.tuning.gc_atime_cutoff_minutes");
  }

  @Test
  void update_validateOnly_writesNothing() throws IOException {
    UpdateDatastoreResponse answer =
        config.updateDatastore(
            updateRequest("main", DatastoreSettings.newBuilder().setComment("x").build(), "comment")
                .setValidateOnly(true)
                .build());

    assertThat(answer.getDatastore().getSettings().getComment()).isEqualTo("x");
    assertThat(Files.readString(daemon.configFile())).isEqualTo(CONFIG);
  }

  @Test
  void update_unknown_isNotFound() {
    assertThat(
            CaughtRefusal.of(
                    () -> update("nowhere", DatastoreSettings.getDefaultInstance(), "comment"))
                .reason())
        .isEqualTo("DATASTORE_NOT_FOUND");
  }

  @Test
  void list_paged_isByNameAndComplete() {
    List<String> names = new ArrayList<>();
    String token = "";
    int pages = 0;
    do {
      ListDatastoresResponse page =
          config.listDatastores(
              ListDatastoresRequest.newBuilder().setPageSize(3).setPageToken(token).build());
      page.getDatastoresList().forEach(datastore -> names.add(datastore.getName()));
      token = page.getNextPageToken();
      pages++;
    } while (!token.isEmpty());

    assertThat(names).containsExactly("archive", "main", "s3-eu", "usb");
    assertThat(pages).isEqualTo(2);
  }

  @Test
  void list_exactlyOnePage_hasNoToken() {
    assertThat(
            config
                .listDatastores(ListDatastoresRequest.newBuilder().setPageSize(4).build())
                .getNextPageToken())
        .isEmpty();
  }

  @Test
  void list_views_differInSettings() {
    assertThat(
            config.listDatastores(ListDatastoresRequest.getDefaultInstance()).getDatastoresList())
        .allMatch(Datastore::hasSettings);
    assertThat(
            config
                .listDatastores(
                    ListDatastoresRequest.newBuilder()
                        .setView(DatastoreView.DATASTORE_VIEW_BASIC)
                        .build())
                .getDatastoresList())
        .noneMatch(Datastore::hasSettings);
  }

  @Test
  void list_badRequest_toldWhole() {
    CaughtRefusal refusal =
        CaughtRefusal.of(
            () ->
                config.listDatastores(
                    ListDatastoresRequest.newBuilder()
                        .setPageSize(1001)
                        .setPageToken("made-up")
                        .setViewValue(9)
                        .build()));

    assertThat(refusal.faultyFields()).containsExactly("page_size", "page_token", "view");
  }

  @Test
  void create_whatTheOriginalWouldRefuse_isRefused_andNamesTheField() {
    DatastoreSettings settings =
        DatastoreSettings.newBuilder()
            .setPath("/srv/new")
            .setGcSchedule("daily 04:15")
            .setCounterResetSchedule("bananas")
            .setNotifyUser("admin@x")
            .setNotificationThresholds("s3-get=ten")
            .setComment("a\u0085b")
            .setTuning(Tuning.newBuilder().setDefaultVerificationWorkers(33))
            .putOtherProperties("verify-mode", "fast")
            .build();

    CaughtRefusal refusal =
        CaughtRefusal.of(() -> config.createDatastore(create("new", settings).build()));

    assertThat(refusal.reason()).isEqualTo("CONFIG_INVALID");
    assertThat(refusal.faultyFields())
        .containsExactlyInAnyOrder(
            "datastore.settings.gc_schedule",
            "datastore.settings.counter_reset_schedule",
            "datastore.settings.notify_user",
            "datastore.settings.notification_thresholds",
            "datastore.settings.comment",
            "datastore.settings.tuning.default_verification_workers",
            "datastore.settings.other_properties");
  }

  @Test
  void update_withThousandsOfProperties_isRefusedBeforeAnybodyWaits() {
    DatastoreSettings.Builder many = DatastoreSettings.newBuilder();
    for (int i = 0; i < 60_000; i++) {
      many.putOtherProperties("x-" + i, "1");
    }

    CaughtRefusal refusal =
        CaughtRefusal.of(() -> update("main", many.build(), "other_properties"));

    assertThat(refusal.reason()).isEqualTo("INVALID_REQUEST");
    assertThat(refusal.faultyFields()).containsExactly("datastore.settings.other_properties");
  }

  @Test
  void update_withALongText_isRefusedBeforeAnybodyWaits() {
    DatastoreSettings longText =
        DatastoreSettings.newBuilder().setComment("x".repeat(100_000)).build();

    CaughtRefusal refusal = CaughtRefusal.of(() -> update("main", longText, "comment"));

    assertThat(refusal.reason()).isEqualTo("INVALID_REQUEST");
    assertThat(refusal.faultyFields()).containsExactly("datastore.settings.comment");
  }

  @Test
  void get_largeKeepNumbers_areWholeInTheMap_andCutBesideIt() throws Exception {
    serve("datastore: archive\n\tkeep-last 9223372036854775807\n\tpath /srv/archive\n");

    LegacyPrune prune = get("archive").getDatastore().getSettings().getLegacyPrune();

    assertThat(prune.getKeepMap()).containsExactly(Map.entry("keep-last", Long.MAX_VALUE));
    assertThat(prune.getKeepLast()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void list_moreThanAMegabyte_isCutBelowIt() throws Exception {
    StringBuilder many = new StringBuilder();
    String comment = "x".repeat(120);
    for (int i = 0; i < 1000; i++) {
      many.append("datastore: many-%04d\n".formatted(i));
      many.append("\tcomment ").append(comment).append('\n');
      for (int key = 0; key < 20; key++) {
        many.append("\tfuture-%d %s\n".formatted(key, comment));
      }
      many.append("\tpath /srv/%d\n\n".formatted(i));
    }
    serve(many.toString());

    int names = 0;
    int pages = 0;
    String token = "";
    do {
      ListDatastoresResponse page =
          config.listDatastores(ListDatastoresRequest.newBuilder().setPageToken(token).build());
      assertThat(page.getSerializedSize()).isLessThanOrEqualTo(1 << 20);
      names += page.getDatastoresCount();
      token = page.getNextPageToken();
      pages++;
    } while (!token.isEmpty());
    assertThat(names).isEqualTo(1000);
    assertThat(pages).isGreaterThan(2);
  }

  private GetDatastoreResponse get(String name) {
    return config.getDatastore(GetDatastoreRequest.newBuilder().setName(name).build());
  }

  private static CreateDatastoreRequest.Builder create(String name, DatastoreSettings settings) {
    return CreateDatastoreRequest.newBuilder()
        .setDatastore(Datastore.newBuilder().setName(name).setSettings(settings));
  }

  private UpdateDatastoreResponse update(String name, DatastoreSettings settings, String... paths) {
    return config.updateDatastore(updateRequest(name, settings, paths).build());
  }

  private static UpdateDatastoreRequest.Builder updateRequest(
      String name, DatastoreSettings settings, String... paths) {
    return UpdateDatastoreRequest.newBuilder()
        .setDatastore(Datastore.newBuilder().setName(name).setSettings(settings))
        .setUpdateMask(FieldMask.newBuilder().addAllPaths(List.of(paths)));
  }

  @Test
  void get_saysWhereTheDatastoreIsOnTheHost() {
    assertThat(get("main").getDatastore().getBasePath()).isEqualTo("/srv/main");
    assertThat(get("usb").getDatastore().getBasePath()).isEqualTo("/mnt/datastore/usb");
    assertThat(get("usb").getDatastore().getSettings().getPath()).isEqualTo("stores/usb");
  }

  @Test
  void aSectionThatWasNeverReadable_isThere_inGetAndInList() throws Exception {
    serve("datastore: main\n\tpath /srv/main\n\ndatastore: never\n\tcomment no path\n");
    CaughtRefusal refusal = CaughtRefusal.of(() -> get("never"));
    assertThat(refusal.code()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(refusal.reason()).isEqualTo("CONFIG_INVALID");
    assertThat(refusal.info().getMetadataMap())
        .containsEntry("line", "4")
        .containsEntry("property", "path");
    ListDatastoresResponse list =
        config.listDatastores(ListDatastoresRequest.newBuilder().setPageSize(1).build());
    assertThat(list.getUnreadableList())
        .singleElement()
        .satisfies(
            section -> {
              assertThat(section.getName()).isEqualTo("never");
              assertThat(section.getFault().getLine()).isEqualTo(4);
              assertThat(section.getFault().getMessage()).contains("path");
            });
  }

  @Test
  void update_legacyPruneWithoutAValue_removesIt_wholeOrInParts() throws Exception {
    serve(
        "datastore: main\n\tkeep-daily 7\n\tkeep-last 3\n\tpath /srv/main\n\tprune-schedule"
            + " daily\n");
    DatastoreSettings nothing = DatastoreSettings.getDefaultInstance();
    assertThat(
            update("main", nothing, "legacy_prune.keep_daily")
                .getDatastore()
                .getSettings()
                .getLegacyPrune())
        .isEqualTo(
            LegacyPrune.newBuilder()
                .setKeepLast(3)
                .putKeep("keep-last", 3)
                .setSchedule("daily")
                .build());
    update("main", nothing, "legacy_prune.schedule");
    assertThat(Files.readString(daemon.configFile()))
        .isEqualTo("datastore: main\n\tkeep-last 3\n\tpath /srv/main\n");
    update("main", nothing, "legacy_prune");
    assertThat(Files.readString(daemon.configFile()))
        .isEqualTo("datastore: main\n\tpath /srv/main\n");
  }

  @Test
  void validateOnly_ofAFileThatIsOnlyRead_isRefusedAsTheWriteWouldBe() throws Exception {
    daemon.close();
    daemon =
        InProcessDaemon.start(
            cleanup,
            directory,
            CONFIG,
            options -> options.engine.configAccess = FileStoreOptions.Access.READ_ONLY);
    config = DatastoreConfigServiceGrpc.newBlockingStub(daemon.channel());
    UpdateDatastoreRequest.Builder request =
        UpdateDatastoreRequest.newBuilder()
            .setDatastore(
                Datastore.newBuilder()
                    .setName("main")
                    .setSettings(DatastoreSettings.newBuilder().setComment("new")))
            .setUpdateMask(FieldMask.newBuilder().addPaths("comment"));
    for (boolean validateOnly : new boolean[] {true, false}) {
      CaughtRefusal refusal =
          CaughtRefusal.of(
              () -> config.updateDatastore(request.setValidateOnly(validateOnly).build()));
      assertThat(refusal.reason()).isEqualTo("STORE_UNAVAILABLE");
      assertThat(refusal.status().getMessage()).contains("--read-only-config=false");
    }
    // What changes nothing needs no write.
    request.getDatastoreBuilder().getSettingsBuilder().clearComment();
    assertThat(
            config.updateDatastore(request.setValidateOnly(true).build()).getDatastore().getName())
        .isEqualTo("main");
  }
}
