package io.datastored.daemon;

import static com.google.common.collect.ImmutableSet.toImmutableSet;
import static io.datastored.daemon.AccessTable.allLeases;
import static io.datastored.daemon.AccessTable.closed;
import static io.datastored.daemon.AccessTable.create;
import static io.datastored.daemon.AccessTable.keptAlive;
import static io.datastored.daemon.AccessTable.listed;
import static io.datastored.daemon.AccessTable.lookedUp;
import static io.datastored.daemon.AccessTable.released;
import static io.datastored.daemon.AccessTable.setMode;
import static io.datastored.daemon.AccessTable.status;
import static io.datastored.daemon.AccessTable.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.collect.ImmutableMap;
import io.datastored.access.Role;
import io.datastored.access.RulesParser;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.v1.AccessServiceGrpc;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.GetDatastoreRequest;
import io.datastored.v1.HeldLease;
import io.datastored.v1.ListDatastoresResponse;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.StatusResponse;
import io.datastored.watch.TestRules;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What rules allow: the access table, and what answers contain. */
final class AccessTableTest {

  private static final String CONFIG =
      """
      datastore: main
      \tpath /srv/main
      \tcomment of main

      datastore: hidden
      \tpath /srv/hidden
      """;

  private static final int OWNER = 2000;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private InProcessDaemon daemon;
  private final Map<Role, ManagedChannel> channels = new EnumMap<>(Role.class);

  @BeforeEach
  void start() throws Exception {
    daemon = InProcessDaemon.start(cleanup, directory, CONFIG);
    use(
        """
        allow uid:1001 reader main*
        allow uid:1002 user main*
        allow uid:1003 operator main*
        allow uid:1004 admin main*
        allow uid:2000 operator *
        allow uid:2001 user *
        """);
    for (Role role : Role.values()) {
      channels.put(role, daemon.channelOf(1000 + role.ordinal()));
    }
  }

  private void use(String rules) {
    var parsed = RulesParser.parse(rules, "the test's rules", TestRules.NO_USERS);
    assertThat(parsed.faults()).isEmpty();
    daemon.access().use(parsed.rules(), daemon.engine().snapshot().revision());
  }

  @Test
  void everyCallOfTheContract_hasARow() {
    assertThat(AccessTable.ROWS.stream().map(AccessTable.Row::method).collect(toImmutableSet()))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(
                    DatastoreServiceGrpc.getServiceDescriptor(),
                    SessionServiceGrpc.getServiceDescriptor(),
                    MaintenanceServiceGrpc.getServiceDescriptor(),
                    DatastoreConfigServiceGrpc.getServiceDescriptor(),
                    AccessServiceGrpc.getServiceDescriptor())
                .map(ServiceDescriptor::getMethods)
                .flatMap(java.util.Collection::stream)
                .map(MethodDescriptor::getBareMethodName)
                .collect(toImmutableSet()));
  }

  @Test
  void everyRole_isAnsweredAsTheTableSays() {
    AccessTable.play(
        List.of(new AccessTable.Door("in process", "uid:1002", channels.get(Role.USER))),
        daemon.channelOf(OWNER),
        "allow uid:2000 admin *\n",
        this::use);
  }

  @Test
  void pathOfAHiddenDatastore_isRefusedWithoutItsName() {
    for (String path : List.of("/srv/hidden", "/srv/hidden/inside")) {
      StatusRuntimeException thrown =
          catchThrowableOfType(
              StatusRuntimeException.class, () -> create(channels.get(Role.ADMIN), "main2", path));

      assertThat(CaughtRefusal.of(thrown).reason()).isEqualTo("CONFIG_INVALID");
      assertThat(thrown.getStatus() + " " + StatusProto.fromThrowable(thrown))
          .contains("another datastore")
          .doesNotContain("'hidden'");
    }
  }

  @Test
  void lists_showWhatMayBeSeen_andSayThatTheyAreFiltered() {
    ListDatastoresResponse reader = listed(channels.get(Role.READER));
    assertThat(reader.getDatastoresList()).extracting(Datastore::getName).containsExactly("main");
    assertThat(reader.getFiltered()).isTrue();
    assertThat(reader.getDatastores(0).hasSettings()).isFalse();
    assertThat(reader.getDatastores(0).getBasePath()).isEmpty();
    assertThat(listed(channels.get(Role.USER)).getDatastores(0).getSettings().getComment())
        .isEqualTo("of main");

    StatusResponse status = status(channels.get(Role.READER), "");
    assertThat(status.getDatastoresList())
        .extracting(DatastoreStatus::getDatastore)
        .extracting(Datastore::getName)
        .containsExactly("main");
    assertThat(status.getFiltered()).isTrue();
    assertThat(status.getServer().getDigest()).isEmpty();

    StatusResponse everything = status(daemon.channelOf(OWNER), "");
    assertThat(everything.getDatastoresList()).hasSize(2);
    assertThat(everything.getFiltered()).isFalse();
    assertThat(everything.getServer().getDigest()).isNotEmpty();
  }

  @Test
  void reader_isToldNoSettings_inALookupEither() {
    LookupResponse reader = lookedUp(channels.get(Role.READER));
    assertThat(reader.getDatastore().getName()).isEqualTo("main");
    assertThat(reader.getDatastore().hasSettings()).isFalse();
    assertThat(reader.getDatastore().getBasePath()).isEmpty();
    assertThat(lookedUp(channels.get(Role.USER)).getDatastore().getBasePath())
        .isEqualTo("/srv/main");
  }

  @Test
  void whoSetAMode_isForOperators() {
    var unused =
        MaintenanceServiceGrpc.newBlockingStub(channels.get(Role.OPERATOR))
            .setMaintenanceMode(
                SetMaintenanceModeRequest.newBuilder()
                    .setDatastore("main")
                    .setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY)
                    .build());

    assertThat(setters(Role.OPERATOR)).containsOnly("uid:1003");
    assertThat(setters(Role.USER)).containsOnly("");
    assertThat(setters(Role.READER)).containsOnly("");
  }

  private List<String> setters(Role role) {
    Channel channel = channels.get(role);
    return Stream.of(
            lookedUp(channel).getDatastore(),
            listed(channel).getDatastores(0),
            status(channel, "main").getDatastores(0).getDatastore(),
            DatastoreConfigServiceGrpc.newBlockingStub(channel)
                .getDatastore(GetDatastoreRequest.newBuilder().setName("main").build())
                .getDatastore())
        .map(datastore -> datastore.getMaintenance().getSetBy())
        .toList();
  }

  @Test
  void deniedCall_saysWhoWhatAndByWhichRule() {
    StatusRuntimeException thrown =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> setMode(channels.get(Role.USER), "main"));

    var info = CaughtRefusal.of(thrown).info();
    assertThat(info.getReason()).isEqualTo("PERMISSION_DENIED");
    assertThat(info.getMetadataMap())
        .containsAllEntriesOf(
            ImmutableMap.of("principal", "uid:1002", "verb", "maintain", "datastore", "main"))
        .containsEntry("rule", "line 2 of the test's rules (allow user)");
  }

  @Test
  void leasesAndSessions_areForTheirPrincipalOnly() {
    Channel bob = daemon.channelOf(OWNER + 1);
    Channel alice = channels.get(Role.USER);
    String session =
        SessionServiceGrpc.newBlockingStub(alice)
            .openSession(OpenSessionRequest.getDefaultInstance())
            .getSessionId();
    String lease =
        DatastoreServiceGrpc.newBlockingStub(alice)
            .lookup(write("main").setSessionId(session).build())
            .getLease()
            .getLeaseId();

    assertThat(released(bob, lease)).isFalse();
    assertThat(closed(bob, session)).isFalse();
    assertThat(CaughtRefusal.of(() -> keptAlive(bob, session)).reason())
        .isEqualTo("SESSION_NOT_FOUND");
    assertThat(allLeases(bob)).isEmpty();

    // An operator sees that there is one, and cannot use its id.
    Channel operator = daemon.channelOf(OWNER);
    HeldLease seen = allLeases(operator).get(0);
    assertThat(seen.getHolder().getPrincipal()).isEqualTo("uid:1002");
    assertThat(lease)
        .startsWith(seen.getLease().getLeaseId().replace("...", ""))
        .isNotEqualTo(seen.getLease().getLeaseId());
    assertThat(released(operator, lease)).isFalse();

    assertThat(allLeases(alice))
        .extracting(own -> own.getLease().getLeaseId())
        .containsExactly(lease);
    assertThat(keptAlive(alice, session)).isTrue();
    assertThat(released(alice, lease)).isTrue();
    assertThat(closed(alice, session)).isTrue();
  }

  @Test
  void withdrawnRight_endsNoLease_butGrantsNoOtherOne() {
    Channel alice = channels.get(Role.USER);
    LookupRequest ask = write("main").setLeaseId("alices-lease-of-main").build();
    var stub = DatastoreServiceGrpc.newBlockingStub(alice);
    long token = stub.lookup(ask).getLease().getFencingToken();

    use("allow uid:1002 reader *\n");

    assertThat(
            stub.lookup(ask.toBuilder().setHeldFencingToken(token).build())
                .getLease()
                .getFencingToken())
        .isEqualTo(token);
    assertThat(
            CaughtRefusal.of(() -> stub.lookup(ask.toBuilder().setLeaseId("another").build()))
                .reason())
        .isEqualTo("PERMISSION_DENIED");
    assertThat(released(alice, "alices-lease-of-main")).isTrue();
  }
}
