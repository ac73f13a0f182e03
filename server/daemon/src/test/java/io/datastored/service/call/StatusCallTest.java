package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.rpc.ErrorInfo;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.v1.ConfigFault;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.OperationCounts;
import io.datastored.v1.ServerState;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.datastored.v1.TroubleCause;
import io.grpc.Status.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class StatusCallTest {
  private static final String CONFIG =
      """
      datastore: closed
      	maintenance-mode read-only,message=audit
      	path /srv/closed

      datastore: dying
      	maintenance-mode delete
      	path /srv/dying

      datastore: main
      	future-thing 42
      	path BASE

      datastore: never
      	path /srv/never
      	verify-new maybe

      datastore: usb
      	backing-device 0f4c2a6e-1b7d-4c55-9d7e-6a2b3c4d5e6f
      	path stores/usb
      """;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private InProcessDaemon daemon;
  private DatastoreServiceBlockingStub datastores;

  @BeforeEach
  void start() throws Exception {
    Path base = Files.createDirectory(directory.resolve("base"));
    Files.writeString(
        base.resolve(".gc-status"),
        "{\"upid\": \"UPID:x\", \"disk-bytes\": 4096, \"still-bad\": 2}");
    daemon = InProcessDaemon.start(cleanup, directory, config(base));
    datastores = DatastoreServiceGrpc.newBlockingStub(daemon.channel());
  }

  private static String config(Path base) {
    return CONFIG.replace("BASE", base.toString());
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void status_fileThatIsGone_isTold() throws Exception {
    Files.delete(daemon.configFile());

    await().until(() -> serverFaults().contains("missing"));
    assertThat(status(StatusRequest.getDefaultInstance()).getServer().getTroublesList())
        .anySatisfy(
            trouble -> {
              assertThat(trouble.getCause()).isEqualTo(TroubleCause.TROUBLE_CAUSE_CONFIGURATION);
              assertThat(trouble.getMessage()).contains("missing");
              assertThat(trouble.hasSince()).isTrue();
            });
    assertThat(status(StatusRequest.getDefaultInstance()).getDatastoresList()).isNotEmpty();
    daemon.edit(config(directory.resolve("base")));
    await().until(() -> !serverFaults().contains("missing"));
  }

  private String serverFaults() {
    return status(StatusRequest.getDefaultInstance()).getServer().getConfigFaultsList().toString();
  }

  @Test
  void status_server_isTold() {
    ServerStatus server = status(StatusRequest.getDefaultInstance()).getServer();

    assertThat(server.getVersion()).isEqualTo("1.2.3-test");
    assertThat(server.getState()).isEqualTo(ServerState.SERVER_STATE_SERVING);
    assertThat(server.hasUptime()).isTrue();
    assertThat(server.getDigest()).hasSize(64);
    assertThat(server.getWatchers()).isZero();
    assertThat(server.getConfigFaultsList())
        .as("a notice of an unknown property")
        .anyMatch(
            fault ->
                fault.getLine() == 10
                    && fault.getProperty().equals("future-thing")
                    && fault.getMessage().contains("main"));
  }

  @Test
  void status_all_isByNameWithUnreadableSections() {
    assertThat(status(StatusRequest.getDefaultInstance()).getDatastoresList())
        .extracting(status -> status.getDatastore().getName())
        .containsExactly("closed", "dying", "main", "never", "usb");
  }

  @Test
  void status_refusals_areWhatALookupWouldBeTold() {
    assertThat(one("main").getRefusalsList()).isEmpty();
    assertThat(one("closed").getRefusalsList())
        .singleElement()
        .satisfies(
            refusal -> {
              assertThat(refusal.getReason()).isEqualTo("UNDER_MAINTENANCE");
              assertThat(refusal.getMetadataMap())
                  .containsEntry("operation", "WRITE")
                  .containsEntry("mode", "READ_ONLY")
                  .containsEntry("message", "audit");
            });
    assertThat(one("dying").getRefusalsList())
        .extracting(refusal -> refusal.getMetadataMap().get("operation"))
        .containsExactly("READ", "WRITE");
    assertThat(one("usb").getRefusalsList())
        .extracting(ErrorInfo::getReason)
        .containsExactly("NOT_MOUNTED", "NOT_MOUNTED");
    assertThat(one("never").getRefusalsList())
        .extracting(ErrorInfo::getReason)
        .containsExactly("CONFIG_INVALID", "CONFIG_INVALID");
  }

  @Test
  void status_neverReadable_hasItsFaultAndNoLastGood() {
    DatastoreStatus never = one("never");

    assertThat(never.getDatastore().getEtag()).isEmpty();
    assertThat(never.getConfigFault().getLine()).isEqualTo(15);
    assertThat(never.getConfigFault().getProperty()).isEqualTo("verify-new");
    assertThat(never.getConfigFault().getLastGoodServed()).isFalse();
  }

  @Test
  void status_brokenByHand_tellsThePlaceAndServesTheLastGood() throws IOException {
    Path base = directory.resolve("base");
    daemon.edit(config(base).replace("\tfuture-thing 42\n", "\tverify-new maybe\n"));

    await().until(() -> one("main").hasConfigFault());

    ConfigFault fault = one("main").getConfigFault();
    assertThat(fault.getLine()).isEqualTo(10);
    assertThat(fault.getColumn()).isPositive();
    assertThat(fault.getProperty()).isEqualTo("verify-new");
    assertThat(fault.getLastGoodServed()).isTrue();
    assertThat(one("main").getRefusalsList()).isEmpty();
    daemon.edit(config(base));
    await().until(() -> !one("main").hasConfigFault());
  }

  @Test
  void status_space_isMeasuredInTime() {
    DatastoreStatus first = one("main");

    assertThat(first.getSpace().getTotalBytes()).isPositive();
    assertThat(first.getSpace().getError()).isEmpty();
    assertThat(first.hasGc()).as("BASIC").isFalse();
  }

  @Test
  void status_full_hasGcAndSettings() {
    DatastoreStatus full =
        status(
                StatusRequest.newBuilder()
                    .setDatastore("main")
                    .setView(DatastoreView.DATASTORE_VIEW_FULL)
                    .build())
            .getDatastores(0);

    assertThat(full.getDatastore().hasSettings()).isTrue();
    assertThat(full.getGc().getUpid()).isEqualTo("UPID:x");
    assertThat(full.getGc().getDiskBytes()).isEqualTo(4096);
    assertThat(full.getGc().getStillBad()).isEqualTo(2);
  }

  @Test
  void status_closedOrAbsent_isNotAsked() {
    assertThat(one("dying").getSpace().getError()).contains("delete");
    assertThat(one("usb").getSpace().getError()).contains("not mounted");
    assertThat(one("closed").getSpace().getError()).isEqualTo("no such directory");
  }

  @Test
  void status_operations_areThoseOfLeasesAndItIsNone() {
    datastores.lookup(
        LookupRequest.newBuilder()
            .setDatastore("main")
            .setOperation(Operation.OPERATION_READ)
            .build());

    DatastoreStatus main = one("main");

    assertThat(main.getOperations()).isEqualTo(OperationCounts.newBuilder().setRead(1).build());
    assertThat(main.getLeases()).isEqualTo(1);
    assertThat(status(StatusRequest.getDefaultInstance()).getServer().getLeases()).isEqualTo(1);
  }

  @Test
  void status_paged_hasTheServerOnTheFirstPageOnly() {
    List<String> names = new ArrayList<>();
    StatusResponse page = status(StatusRequest.newBuilder().setPageSize(2).build());
    assertThat(page.hasServer()).isTrue();
    while (true) {
      page.getDatastoresList().forEach(status -> names.add(status.getDatastore().getName()));
      if (page.getNextPageToken().isEmpty()) {
        break;
      }
      page =
          status(
              StatusRequest.newBuilder()
                  .setPageSize(2)
                  .setPageToken(page.getNextPageToken())
                  .build());
      assertThat(page.hasServer()).isFalse();
    }

    assertThat(names).containsExactly("closed", "dying", "main", "never", "usb");
  }

  @Test
  void status_badRequest_isToldWhole() {
    CaughtRefusal refusal =
        CaughtRefusal.of(
            () ->
                status(
                    StatusRequest.newBuilder()
                        .setDatastore("x")
                        .setPageSize(-1)
                        .setPageToken("?")
                        .setViewValue(12)
                        .build()));

    assertThat(refusal.faultyFields())
        .containsExactly("datastore", "page_size", "page_token", "view");
    assertThat(CaughtRefusal.of(() -> one("nowhere")).code()).isEqualTo(Code.NOT_FOUND);
  }

  private StatusResponse status(StatusRequest request) {
    return datastores.status(request);
  }

  private DatastoreStatus one(String name) {
    StatusResponse answer = status(StatusRequest.newBuilder().setDatastore(name).build());
    assertThat(answer.getDatastoresCount()).isEqualTo(1);
    return answer.getDatastores(0);
  }
}
