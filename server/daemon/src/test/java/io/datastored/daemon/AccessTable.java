package io.datastored.daemon;

import static com.google.common.collect.ImmutableMap.toImmutableMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.protobuf.FieldMask;
import io.datastored.access.Role;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.v1.AccessServiceGrpc;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.CreatePageLinkRequest;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.ExplainAccessRequest;
import io.datastored.v1.GetDatastoreRequest;
import io.datastored.v1.HeldLease;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.Lease;
import io.datastored.v1.ListDatastoresRequest;
import io.datastored.v1.ListDatastoresResponse;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.ListSessionsRequest;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.Session;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.datastored.v1.UpdateDatastoreRequest;
import io.datastored.v1.WatchGenerationRequest;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The access table says what each call of the contract is answered: by role, on a datastore that
 * may be seen, one that may not and one that is not there, about what the caller holds and about
 * what somebody else does. It is played at doors of a server: ways to call it, whose callers have
 * different principals. The answers depend on the role alone. Stateless.
 */
final class AccessTable {

  private AccessTable() {}

  /** What a call is answered. */
  enum Answer {
    /** Anything but one of the others: the rules did not refuse it. */
    YES,
    DENIED,
    NOT_FOUND
  }

  /** Where a role is granted. */
  enum Reach {
    /** On {@code main} and names that begin so. */
    MAIN("main*", Role.NONE),
    EVERYWHERE("*", Role.OPERATOR);

    final String where;

    /** Below this role it is no different from others. */
    private final Role from;

    Reach(String where, Role from) {
      this.where = where;
      this.from = from;
    }

    List<Role> roles() {
      return Stream.of(Role.values()).filter(role -> role.includes(from)).toList();
    }
  }

  /** What a row is about. */
  enum About {
    DATASTORE,
    SERVER,
    /** A lease and a session of the caller. */
    OWN,
    /** A lease and a session of another principal. */
    ANOTHERS
  }

  /** The answers of a row. */
  private interface Expected {
    Answer of(Role role, Reach reach);
  }

  /** A call that is made, and whether what it asks for was there. */
  private interface Ask {
    boolean of(Scene scene);
  }

  /** A call that is answered, or refused. */
  private interface Plain {
    void of(Channel channel, String datastore);
  }

  /** A lease under a session of its own. Immutable. */
  record Held(Lease lease, String session) {}

  /** Who calls, what about, and what the row has to use up. Immutable. */
  private record Scene(Channel channel, String datastore, Held held) {}

  /** One way to make a call. Immutable. */
  record Row(String method, String what, About about, Expected expected, Ask ask) {
    boolean needsHeld() {
      return about == About.OWN || about == About.ANOTHERS;
    }

    @Override
    public String toString() {
      return method + " " + what;
    }
  }

  /**
   * A way to call a server. Immutable.
   *
   * @param who the principal there, as rules name it
   */
  record Door(String name, String who, Channel channel) {}

  static final List<Row> ROWS =
      List.of(
          datastore("Lookup", "LOOKUP", Role.READER, lookup(Operation.OPERATION_LOOKUP)),
          datastore("Lookup", "READ", Role.USER, lookup(Operation.OPERATION_READ)),
          datastore("Lookup", "WRITE", Role.USER, lookup(Operation.OPERATION_WRITE)),
          own(
              "Lookup",
              "continue own",
              always(),
              scene -> continued(scene, scene.held().session())),
          anothers("Lookup", "continue another's", Role.USER, scene -> continued(scene, "")),
          own("Lookup", "in own session", least(Role.USER), AccessTable::inSession),
          anothers("Lookup", "in another's session", Role.USER, AccessTable::inSession),
          unknown("Release", "unknown", scene -> released(scene.channel(), "no-such-lease")),
          own("Release", "own", always(), AccessTable::release),
          unknown("Release", "another's", About.ANOTHERS, AccessTable::release),
          datastore("Status", "one", Role.READER, AccessTable::status),
          server("Status", "all", Role.READER, (channel, name) -> status(channel, "")),
          server("WatchGeneration", "all", Role.READER, (channel, name) -> watch(channel, "")),
          own(
              "WatchGeneration",
              "in own session",
              watching(Answer.YES),
              AccessTable::watchInSession),
          new Row(
              "WatchGeneration",
              "in another's session",
              About.ANOTHERS,
              watching(Answer.NOT_FOUND),
              AccessTable::watchInSession),
          server("OpenSession", "", Role.READER, AccessTable::openSession),
          unknown("KeepAlive", "unknown", scene -> keptAlive(scene.channel(), "no-such-session")),
          own("KeepAlive", "own", always(), AccessTable::keepAlive),
          unknown("KeepAlive", "another's", About.ANOTHERS, AccessTable::keepAlive),
          unknown("CloseSession", "unknown", scene -> closed(scene.channel(), "no-such-session")),
          own("CloseSession", "own", always(), AccessTable::close),
          unknown("CloseSession", "another's", About.ANOTHERS, AccessTable::close),
          server("ListSessions", "all", Role.NONE, (channel, name) -> sessions(channel, "")),
          datastore("ListSessions", "of one", Role.READER, AccessTable::sessions),
          own("ListSessions", "own", always(), AccessTable::listsOwnSession),
          new Row(
              "ListSessions",
              "another's",
              About.ANOTHERS,
              (role, reach) ->
                  reach == Reach.EVERYWHERE && role.includes(Role.OPERATOR)
                      ? Answer.YES
                      : Answer.NOT_FOUND,
              AccessTable::listsAnothersSession),
          server("ListLeases", "all", Role.NONE, (channel, name) -> leases(channel, "")),
          datastore("ListLeases", "of one", Role.READER, AccessTable::leases),
          own("ListLeases", "own", always(), AccessTable::listsOwnLease),
          new Row(
              "ListLeases",
              "another's",
              About.ANOTHERS,
              (role, reach) -> role.includes(Role.OPERATOR) ? Answer.YES : Answer.NOT_FOUND,
              AccessTable::listsAnothersLease),
          datastore("SetMaintenanceMode", "", Role.OPERATOR, AccessTable::setMode),
          datastore("Drain", "look on", Role.READER, drain(DrainRequest.getDefaultInstance())),
          datastore(
              "Drain",
              "force",
              Role.OPERATOR,
              drain(DrainRequest.newBuilder().setForce(true).build())),
          datastore(
              "Drain",
              "ignore PBS",
              Role.OPERATOR,
              drain(DrainRequest.newBuilder().setIgnorePbs(true).build())),
          server("CreateDatastore", "", Role.ADMIN, AccessTable::create),
          datastore("GetDatastore", "", Role.READER, AccessTable::get),
          server("ListDatastores", "", Role.READER, (channel, name) -> listed(channel)),
          datastore("UpdateDatastore", "", Role.ADMIN, AccessTable::update),
          datastore("DeleteDatastore", "", Role.ADMIN, AccessTable::delete),
          server("ExplainAccess", "own", Role.NONE, (channel, name) -> explain(channel, "")),
          server("CreatePageLink", "", Role.NONE, (channel, name) -> link(channel)),
          // An admin of some datastores is not one of the server.
          new Row(
              "ExplainAccess",
              "of others",
              About.SERVER,
              (role, reach) ->
                  reach == Reach.EVERYWHERE && role == Role.ADMIN ? Answer.YES : Answer.DENIED,
              plain((channel, name) -> explain(channel, "uid:0"))));

  private static Row datastore(String method, String what, Role least, Plain ask) {
    return new Row(method, what, About.DATASTORE, least(least), plain(ask));
  }

  private static Row server(String method, String what, Role least, Plain ask) {
    return new Row(
        method,
        what,
        About.SERVER,
        (role, reach) -> role.includes(least) ? Answer.YES : Answer.DENIED,
        plain(ask));
  }

  private static Row own(String method, String what, Expected expected, Ask ask) {
    return new Row(method, what, About.OWN, expected, ask);
  }

  /** About what another one holds, on a datastore for which a role is needed first. */
  private static Row anothers(String method, String what, Role least, Ask ask) {
    return new Row(
        method,
        what,
        About.ANOTHERS,
        (role, reach) ->
            role == Role.NONE || role.includes(least) ? Answer.NOT_FOUND : Answer.DENIED,
        ask);
  }

  private static Row unknown(String method, String what, Ask ask) {
    return unknown(method, what, About.SERVER, ask);
  }

  private static Row unknown(String method, String what, About about, Ask ask) {
    return new Row(method, what, about, (role, reach) -> Answer.NOT_FOUND, ask);
  }

  private static Expected always() {
    return (role, reach) -> Answer.YES;
  }

  private static Expected least(Role least) {
    return (role, reach) ->
        role.includes(least) ? Answer.YES : role == Role.NONE ? Answer.NOT_FOUND : Answer.DENIED;
  }

  private static Expected watching(Answer whoMay) {
    return (role, reach) -> role == Role.NONE ? Answer.DENIED : whoMay;
  }

  private static Ask plain(Plain ask) {
    return scene -> {
      ask.of(scene.channel(), scene.datastore());
      return true;
    };
  }

  /**
   * Plays the whole table at these doors, with each role, granted for {@code main} and everywhere.
   *
   * @param owner calls as another principal, who is not anonymous
   * @param ownersRule makes that one an admin; empty if it is one anyway
   * @param use puts rules in force
   */
  static void play(List<Door> doors, Channel owner, String ownersRule, Consumer<String> use) {
    for (Reach reach : Reach.values()) {
      for (Role role : reach.roles()) {
        use.accept("allow * admin *\n");
        ImmutableMap<Row, Held> anothers = hold(owner);
        Map<Door, ImmutableMap<Row, Held>> own =
            doors.stream().collect(toImmutableMap(door -> door, door -> hold(door.channel())));
        use.accept(ownersRule + rules(doors, role, reach));
        for (Door door : doors) {
          for (Row row : ROWS) {
            assertAnswer(
                row, door, role, reach, row.about() == About.OWN ? own.get(door) : anothers);
            if (reach == Reach.MAIN) {
              assertHiddenIsMissing(row, door, role);
            }
          }
        }
        assertUntouched(anothers, owner);
      }
    }
  }

  /** Plays what can be asked without having a role first: nothing of what the caller holds. */
  static void playOneRole(Door door, Role role, Map<Row, Held> anothers) {
    for (Row row : ROWS) {
      if (row.about() != About.OWN) {
        assertAnswer(row, door, role, Reach.EVERYWHERE, anothers);
      }
    }
  }

  private static String rules(List<Door> doors, Role role, Reach reach) {
    return role == Role.NONE
        ? "# nobody else\n"
        : doors.stream()
            .map(door -> "allow %s %s %s\n".formatted(door.who(), role.word(), reach.where))
            .distinct()
            .collect(Collectors.joining());
  }

  private static void assertAnswer(
      Row row, Door door, Role role, Reach reach, Map<Row, Held> held) {
    assertThat(answer(row, door.channel(), held.getOrDefault(row, NOTHING)))
        .as("%s by a %s of %s, at the door %s", row, role.word(), reach.where, door.name())
        .isEqualTo(row.expected().of(role, reach));
  }

  private static final Held NOTHING = new Held(Lease.getDefaultInstance(), "");

  /** What one principal holds: for each row that needs it, something to use up. */
  static ImmutableMap<Row, Held> hold(Channel by) {
    return ROWS.stream()
        .filter(Row::needsHeld)
        .collect(toImmutableMap(row -> row, row -> held(by)));
  }

  private static Held held(Channel by) {
    String session =
        SessionServiceGrpc.newBlockingStub(by)
            .openSession(
                OpenSessionRequest.newBuilder()
                    .setTtl(com.google.protobuf.Duration.newBuilder().setSeconds(60))
                    .build())
            .getSessionId();
    LookupRequest ask =
        LookupRequest.newBuilder()
            .setDatastore("main")
            .setOperation(Operation.OPERATION_READ)
            .setSessionId(session)
            .build();
    return new Held(DatastoreServiceGrpc.newBlockingStub(by).lookup(ask).getLease(), session);
  }

  /** Nobody has ended what another one holds. */
  private static void assertUntouched(Map<Row, Held> held, Channel owner) {
    held.forEach(
        (row, each) -> {
          assertThat(keptAlive(owner, each.session())).as("after %s", row).isTrue();
          assertThat(released(owner, each.lease().getLeaseId())).as("after %s", row).isTrue();
          assertThat(closed(owner, each.session())).as("after %s", row).isTrue();
        });
  }

  /** One cannot tell a name that one may not see from one that is not there. */
  private static void assertHiddenIsMissing(Row row, Door door, Role role) {
    if (row.needsHeld()) {
      return;
    }
    String hidden = told(row, door.channel(), "hidden");
    assertThat(hidden)
        .as("%s by a %s, at the door %s", row, role.word(), door.name())
        .isEqualTo(told(row, door.channel(), "absent").replace("absent", "hidden"));
    if (row.about() == About.DATASTORE) {
      assertThat(hidden).contains("DATASTORE_NOT_FOUND");
    }
  }

  private static Answer answer(Row row, Channel channel, Held held) {
    try {
      return row.ask().of(new Scene(channel, "main", held)) ? Answer.YES : Answer.NOT_FOUND;
    } catch (StatusRuntimeException e) {
      return switch (CaughtRefusal.of(e).reason()) {
        case "PERMISSION_DENIED" -> Answer.DENIED;
        case "DATASTORE_NOT_FOUND", "SESSION_NOT_FOUND", "LEASE_ENDED" -> Answer.NOT_FOUND;
        default -> Answer.YES;
      };
    }
  }

  /** Everything that the wire tells of a refusal; empty if there is none. */
  private static String told(Row row, Channel channel, String datastore) {
    try {
      boolean unused = row.ask().of(new Scene(channel, datastore, NOTHING));
      return "";
    } catch (StatusRuntimeException e) {
      return e.getStatus() + " " + StatusProto.fromThrowable(e);
    }
  }

  private static Plain lookup(Operation operation) {
    return (channel, name) -> {
      var unused =
          DatastoreServiceGrpc.newBlockingStub(channel)
              .lookup(
                  LookupRequest.newBuilder()
                      .setDatastore(name)
                      .setOperation(operation)
                      .setValidateOnly(true)
                      .build());
    };
  }

  static LookupRequest.Builder write(String name) {
    return LookupRequest.newBuilder().setDatastore(name).setOperation(Operation.OPERATION_WRITE);
  }

  static LookupResponse lookedUp(Channel channel) {
    return DatastoreServiceGrpc.newBlockingStub(channel)
        .lookup(
            LookupRequest.newBuilder()
                .setDatastore("main")
                .setOperation(Operation.OPERATION_LOOKUP)
                .build());
  }

  static boolean released(Channel channel, String lease) {
    return DatastoreServiceGrpc.newBlockingStub(channel)
        .release(ReleaseRequest.newBuilder().setLeaseId(lease).build())
        .getReleased();
  }

  static StatusResponse status(Channel channel, String name) {
    return DatastoreServiceGrpc.newBlockingStub(channel)
        .status(StatusRequest.newBuilder().setDatastore(name).build());
  }

  private static void openSession(Channel channel, String unused) {
    String session =
        SessionServiceGrpc.newBlockingStub(channel)
            .openSession(OpenSessionRequest.getDefaultInstance())
            .getSessionId();
    assertThat(closed(channel, session)).isTrue();
  }

  static boolean closed(Channel channel, String session) {
    return SessionServiceGrpc.newBlockingStub(channel)
        .closeSession(CloseSessionRequest.newBuilder().setSessionId(session).build())
        .getClosed();
  }

  private static void sessions(Channel channel, String name) {
    var unused =
        SessionServiceGrpc.newBlockingStub(channel)
            .listSessions(ListSessionsRequest.newBuilder().setDatastore(name).build());
  }

  private static void leases(Channel channel, String name) {
    var unused =
        SessionServiceGrpc.newBlockingStub(channel)
            .listLeases(ListLeasesRequest.newBuilder().setDatastore(name).build());
  }

  static void setMode(Channel channel, String name) {
    var unused =
        MaintenanceServiceGrpc.newBlockingStub(channel)
            .setMaintenanceMode(
                SetMaintenanceModeRequest.newBuilder()
                    .setDatastore(name)
                    .setMode(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY)
                    .setValidateOnly(true)
                    .build());
  }

  private static Plain drain(DrainRequest how) {
    return (channel, name) ->
        MaintenanceServiceGrpc.newBlockingStub(channel)
            .drain(how.toBuilder().setDatastore(name).build())
            .next();
  }

  private static void create(Channel channel, String name) {
    create(channel, name, "/srv/new");
  }

  static void create(Channel channel, String name, String path) {
    var unused =
        DatastoreConfigServiceGrpc.newBlockingStub(channel)
            .createDatastore(
                CreateDatastoreRequest.newBuilder()
                    .setDatastore(
                        Datastore.newBuilder()
                            .setName(name)
                            .setSettings(DatastoreSettings.newBuilder().setPath(path)))
                    .setValidateOnly(true)
                    .build());
  }

  private static void get(Channel channel, String name) {
    var unused =
        DatastoreConfigServiceGrpc.newBlockingStub(channel)
            .getDatastore(GetDatastoreRequest.newBuilder().setName(name).build());
  }

  static ListDatastoresResponse listed(Channel channel) {
    return DatastoreConfigServiceGrpc.newBlockingStub(channel)
        .listDatastores(
            ListDatastoresRequest.newBuilder().setView(DatastoreView.DATASTORE_VIEW_FULL).build());
  }

  private static void update(Channel channel, String name) {
    var unused =
        DatastoreConfigServiceGrpc.newBlockingStub(channel)
            .updateDatastore(
                UpdateDatastoreRequest.newBuilder()
                    .setDatastore(
                        Datastore.newBuilder()
                            .setName(name)
                            .setSettings(DatastoreSettings.newBuilder().setComment("new")))
                    .setUpdateMask(FieldMask.newBuilder().addPaths("comment"))
                    .setValidateOnly(true)
                    .build());
  }

  private static void explain(Channel channel, String principal) {
    var unused =
        AccessServiceGrpc.newBlockingStub(channel)
            .explainAccess(
                ExplainAccessRequest.newBuilder().setPrincipal(principal).setVerb("see").build());
  }

  private static void delete(Channel channel, String name) {
    var unused =
        DatastoreConfigServiceGrpc.newBlockingStub(channel)
            .deleteDatastore(
                DeleteDatastoreRequest.newBuilder().setName(name).setValidateOnly(true).build());
  }

  private static boolean continued(Scene scene, String session) {
    Lease lease = scene.held().lease();
    var unused =
        DatastoreServiceGrpc.newBlockingStub(scene.channel())
            .lookup(
                LookupRequest.newBuilder()
                    .setDatastore("main")
                    .setOperation(Operation.OPERATION_READ)
                    .setSessionId(session)
                    .setLeaseId(lease.getLeaseId())
                    .setHeldFencingToken(lease.getFencingToken())
                    .setContinuation(lease.getContinuation())
                    .build());
    return true;
  }

  private static boolean inSession(Scene scene) {
    var unused =
        DatastoreServiceGrpc.newBlockingStub(scene.channel())
            .lookup(
                LookupRequest.newBuilder()
                    .setDatastore("main")
                    .setOperation(Operation.OPERATION_READ)
                    .setSessionId(scene.held().session())
                    .build());
    return true;
  }

  private static void link(Channel channel) {
    var unused =
        AccessServiceGrpc.newBlockingStub(channel)
            .createPageLink(CreatePageLinkRequest.getDefaultInstance());
  }

  private static boolean release(Scene scene) {
    return released(scene.channel(), scene.held().lease().getLeaseId());
  }

  private static boolean keepAlive(Scene scene) {
    return keptAlive(scene.channel(), scene.held().session());
  }

  static boolean keptAlive(Channel channel, String session) {
    var unused =
        SessionServiceGrpc.newBlockingStub(channel)
            .keepAlive(KeepAliveRequest.newBuilder().setSessionId(session).build());
    return true;
  }

  private static boolean close(Scene scene) {
    return closed(scene.channel(), scene.held().session());
  }

  private static boolean watchInSession(Scene scene) {
    watch(scene.channel(), scene.held().session());
    return true;
  }

  private static void watch(Channel channel, String session) {
    Context.CancellableContext call = Context.current().withCancellation();
    try {
      call.run(
          () -> {
            Iterator<?> frames =
                DatastoreServiceGrpc.newBlockingStub(channel)
                    .watchGeneration(
                        WatchGenerationRequest.newBuilder().setSessionId(session).build());
            assertThat(frames.next()).isNotNull();
          });
    } finally {
      call.cancel(null);
    }
  }

  private static boolean listsOwnSession(Scene scene) {
    return allSessions(scene.channel()).stream()
        .map(Session::getSessionId)
        .anyMatch(scene.held().session()::equals);
  }

  /** Whether it is listed, by the beginning of its id. */
  private static boolean listsAnothersSession(Scene scene) {
    assertThat(listsOwnSession(scene)).isFalse();
    return allSessions(scene.channel()).stream()
        .map(session -> session.getSessionId().replace("...", ""))
        .anyMatch(scene.held().session()::startsWith);
  }

  private static List<Session> allSessions(Channel channel) {
    return SessionServiceGrpc.newBlockingStub(channel)
        .listSessions(ListSessionsRequest.getDefaultInstance())
        .getSessionsList();
  }

  private static boolean listsOwnLease(Scene scene) {
    return allLeases(scene.channel()).stream()
        .map(held -> held.getLease().getLeaseId())
        .anyMatch(scene.held().lease().getLeaseId()::equals);
  }

  /** Whether it is listed, by the beginning of its id. */
  private static boolean listsAnothersLease(Scene scene) {
    assertThat(listsOwnLease(scene)).isFalse();
    return allLeases(scene.channel()).stream()
        .map(held -> held.getLease().getLeaseId().replace("...", ""))
        .anyMatch(scene.held().lease().getLeaseId()::startsWith);
  }

  static List<HeldLease> allLeases(Channel channel) {
    return SessionServiceGrpc.newBlockingStub(channel)
        .listLeases(ListLeasesRequest.getDefaultInstance())
        .getLeasesList();
  }
}
