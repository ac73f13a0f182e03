package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.service.wire.CaughtRefusal;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.Holder;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.Lease;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.ListLeasesResponse;
import io.datastored.v1.ListSessionsRequest;
import io.datastored.v1.ListSessionsResponse;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.Session;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SessionServiceGrpc.SessionServiceBlockingStub;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.datastored.v1.WatcherStatus;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class SessionCallsTest {
  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private InProcessDaemon daemon;
  private SessionServiceBlockingStub sessions;
  private DatastoreServiceBlockingStub datastores;

  @BeforeEach
  void start() throws Exception {
    daemon =
        InProcessDaemon.start(
            cleanup,
            directory,
            "datastore: main\n\tpath " + directory + "\n\ndatastore: other\n\tpath /srv/other\n",
            options -> {
              options.leases.sessions.maxSessions = 3;
              options.leases.sessions.maxLeases = 3;
            });
    sessions = SessionServiceGrpc.newBlockingStub(daemon.channel());
    datastores = DatastoreServiceGrpc.newBlockingStub(daemon.channel());
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void open_tellsIdTtlAndRevision() {
    OpenSessionResponse answer = sessions.openSession(OpenSessionRequest.getDefaultInstance());

    assertThat(answer.getSessionId()).isNotEmpty();
    assertThat(answer.getTtl().getSeconds()).isEqualTo(10);
    assertThat(answer.getRevision().getGeneration()).isPositive();
    assertThat(answer.getRecovering()).isFalse();
  }

  @Test
  void open_manyFaults_areAllTold() {
    CaughtRefusal refusal =
        CaughtRefusal.of(
            () ->
                sessions.openSession(
                    OpenSessionRequest.newBuilder()
                        .setSessionId("no spaces")
                        .setTtl(Duration.newBuilder().setSeconds(-1))
                        .setHolder(
                            Holder.newBuilder()
                                .setClient("two\nlines")
                                .setHost("h".repeat(256))
                                .setPid(-1)
                                .setPeer("me"))
                        .build()));

    assertThat(refusal.faultyFields())
        .containsExactlyInAnyOrder(
            "session_id", "ttl", "holder.client", "holder.host", "holder.pid", "holder.peer");
  }

  @Test
  void open_moreThanMayBe_namesTheLimit() {
    for (int i = 0; i < 3; i++) {
      open("s" + i);
    }

    CaughtRefusal refusal = CaughtRefusal.of(() -> open("one-too-many"));

    assertThat(refusal.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(refusal.info().getMetadataMap())
        .containsEntry("limit", "max-sessions")
        .containsEntry("value", "3");
  }

  @Test
  void lookup_moreLeasesThanASessionMayHave_namesTheLimit() {
    open("s");
    for (int i = 0; i < 3; i++) {
      lease("s", "main");
    }

    CaughtRefusal refusal = CaughtRefusal.of(() -> lease("s", "main"));

    assertThat(refusal.info().getMetadataMap())
        .containsEntry("limit", "max-session-leases")
        .containsEntry("value", "3");
  }

  @Test
  void keepAlive_tellsTtlRevisionAndLeases() {
    OpenSessionResponse opened = open("s");
    Lease lease = lease("s", "main");
    assertThat(lease.getSessionId()).isEqualTo("s");
    assertThat(lease.hasTtl()).isFalse();

    KeepAliveResponse answer =
        sessions.keepAlive(
            KeepAliveRequest.newBuilder()
                .setSessionId("s")
                .setApplied(opened.getRevision())
                .build());

    assertThat(answer.getTtl().getSeconds()).isEqualTo(10);
    assertThat(answer.getRevision()).isEqualTo(opened.getRevision());
    assertThat(answer.getLeases()).isEqualTo(1);
    assertThat(answer.getEndedLeaseIdsList()).isEmpty();
  }

  @Test
  void keepAlive_unknownOrFaulty_isRefused() {
    CaughtRefusal unknown = CaughtRefusal.of(() -> keepAlive("nobody"));
    assertThat(unknown.code()).isEqualTo(Code.NOT_FOUND);
    assertThat(unknown.reason()).isEqualTo("SESSION_NOT_FOUND");
    assertThat(unknown.info().getMetadataMap()).containsEntry("recovering", "false");

    assertThat(
            CaughtRefusal.of(
                    () ->
                        sessions.keepAlive(
                            KeepAliveRequest.newBuilder()
                                .setApplied(io.datastored.v1.Revision.getDefaultInstance())
                                .build()))
                .faultyFields())
        .containsExactly("session_id", "applied.incarnation", "applied.generation");
  }

  @Test
  void close_endsTheSessionItsLeasesAndItsWatches() {
    open("s");
    lease("s", "main");
    var errors = new CopyOnWriteArrayList<Throwable>();
    watch("s", frame -> {}, errors);
    await().until(() -> status().getServer().getWatchers() == 1);

    assertThat(close("s")).isTrue();

    assertThat(close("s")).isFalse();
    await().until(() -> !errors.isEmpty());
    assertThat(CaughtRefusal.of((io.grpc.StatusRuntimeException) errors.get(0)).reason())
        .isEqualTo("SESSION_NOT_FOUND");
    assertThat(status().getServer().getLeases()).isZero();
    assertThat(status().getServer().getSessions()).isZero();
  }

  @Test
  void expiry_endsTheWatchTooWithoutAnyFrame() {
    sessions.openSession(
        OpenSessionRequest.newBuilder()
            .setSessionId("s")
            .setTtl(Duration.newBuilder().setSeconds(1))
            .build());
    var errors = new CopyOnWriteArrayList<Throwable>();
    watch("s", frame -> {}, errors);

    await().until(() -> !errors.isEmpty());

    assertThat(CaughtRefusal.of((io.grpc.StatusRuntimeException) errors.get(0)).reason())
        .isEqualTo("SESSION_NOT_FOUND");
  }

  @Test
  void watchOrLookup_ofAnUnknownSession_isRefused() {
    var errors = new CopyOnWriteArrayList<Throwable>();
    watch("nobody", frame -> {}, errors);
    await().until(() -> !errors.isEmpty());

    assertThat(CaughtRefusal.of((io.grpc.StatusRuntimeException) errors.get(0)).reason())
        .isEqualTo("SESSION_NOT_FOUND");
    assertThat(CaughtRefusal.of(() -> lease("nobody", "main")).reason())
        .isEqualTo("SESSION_NOT_FOUND");
  }

  @Test
  void listSessions_paged_hasEachOnce() {
    open("a");
    open("b");
    sessions.openSession(
        OpenSessionRequest.newBuilder()
            .setSessionId("c")
            .setCaches(true)
            .setHolder(
                Holder.newBuilder().setClient("rsync").setHost("alpha").setPid(7).setVersion("3"))
            .build());
    lease("c", "main");

    List<Session> all = new ArrayList<>();
    String token = "";
    do {
      ListSessionsResponse page =
          sessions.listSessions(
              ListSessionsRequest.newBuilder().setPageSize(1).setPageToken(token).build());
      assertThat(page.getSessionsCount()).isEqualTo(1);
      all.addAll(page.getSessionsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());

    assertThat(all)
        .extracting(Session::getSessionId)
        .containsExactlyInAnyOrder("a", "b", "c")
        .startsWith("c");
    assertThat(all.get(0).getCaches()).isTrue();
    assertThat(all.get(0).getLeases()).isEqualTo(1);
    assertThat(all.get(0).getHolder().getClient()).isEqualTo("rsync");
    assertThat(all.get(0).getHolder().getPeer()).isNotEmpty();
    assertThat(all.get(0).getTtl().getSeconds()).isBetween(9L, 11L);
  }

  @Test
  void listSessions_ofADatastore_areThoseThatADrainWaitsFor() {
    open("a");
    sessions.openSession(OpenSessionRequest.newBuilder().setSessionId("c").setCaches(true).build());
    ListSessionsRequest ofMain = ListSessionsRequest.newBuilder().setDatastore("main").build();
    assertThat(sessions.listSessions(ofMain).getSessionsList()).isEmpty();

    SetMaintenanceModeResponse set = setOffline();

    assertThat(sessions.listSessions(ofMain).getSessionsList())
        .extracting(Session::getSessionId)
        .containsExactly("c");
    sessions.keepAlive(
        KeepAliveRequest.newBuilder().setSessionId("c").setApplied(set.getRevision()).build());
    assertThat(sessions.listSessions(ofMain).getSessionsList()).isEmpty();
    assertThat(
            CaughtRefusal.of(
                    () ->
                        sessions.listSessions(
                            ListSessionsRequest.newBuilder().setDatastore("nowhere").build()))
                .reason())
        .isEqualTo("DATASTORE_NOT_FOUND");
  }

  @Test
  void listLeases_filteredAndPaged_oldestFirst() {
    open("s");
    String first = lease("s", "main").getLeaseId();
    String second = lease("s", "other").getLeaseId();
    String alone = lease("", "main").getLeaseId();

    List<String> all = new ArrayList<>();
    String token = "";
    do {
      ListLeasesResponse page =
          sessions.listLeases(
              ListLeasesRequest.newBuilder().setPageSize(1).setPageToken(token).build());
      page.getLeasesList().forEach(held -> all.add(held.getLease().getLeaseId()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());

    assertThat(all).containsExactly(first, second, alone);
    assertThat(ids(ListLeasesRequest.newBuilder().setDatastore("main")))
        .containsExactly(first, alone);
    assertThat(ids(ListLeasesRequest.newBuilder().setSessionId("s")))
        .containsExactly(first, second);
    assertThat(
            sessions
                .listLeases(ListLeasesRequest.newBuilder().setDatastore("other").build())
                .getLeases(0)
                .getPurpose())
        .isEqualTo("verify vm/100");
  }

  @Test
  void list_badRequest_isToldWhole() {
    assertThat(
            CaughtRefusal.of(
                    () ->
                        sessions.listLeases(
                            ListLeasesRequest.newBuilder()
                                .setDatastore("x")
                                .setSessionId("?")
                                .setPageSize(-1)
                                .setPageToken("?")
                                .build()))
                .faultyFields())
        .containsExactly("datastore", "session_id", "page_size", "page_token");
    assertThat(
            CaughtRefusal.of(
                    () ->
                        sessions.listSessions(
                            ListSessionsRequest.newBuilder()
                                .setDatastore("x")
                                .setPageSize(1001)
                                .setPageToken("?")
                                .build()))
                .faultyFields())
        .containsExactly("datastore", "page_size", "page_token");
  }

  @Test
  void release_repeated_isHarmless() {
    open("s");
    Lease lease = lease("s", "main");
    LookupRequest again =
        LookupRequest.newBuilder()
            .setDatastore("main")
            .setOperation(Operation.OPERATION_WRITE)
            .setSessionId("s")
            .setLeaseId(lease.getLeaseId())
            .setPurpose("verify vm/100")
            .build();

    assertThat(datastores.lookup(again).getLease().getFencingToken())
        .as("a lost answer counts once")
        .isEqualTo(lease.getFencingToken());
    assertThat(operations()).isEqualTo(1);
    ReleaseRequest release = ReleaseRequest.newBuilder().setLeaseId(lease.getLeaseId()).build();
    assertThat(datastores.release(release).getReleased()).isTrue();
    assertThat(datastores.release(release).getReleased()).isFalse();
    assertThat(operations()).isZero();

    datastores.lookup(again); // delayed until after its Release
    assertThat(keepAlive("s").getLeases()).as("more than the client counts").isEqualTo(1);
    ids(ListLeasesRequest.newBuilder().setSessionId("s"))
        .forEach(
            found -> datastores.release(ReleaseRequest.newBuilder().setLeaseId(found).build()));
    assertThat(operations()).isZero();
  }

  @Test
  void renewal_underAConflictingMode_succeeds() {
    open("s");
    Lease lease = lease("s", "main");
    setOffline();

    assertThat(
            datastores
                .lookup(
                    LookupRequest.newBuilder()
                        .setDatastore("main")
                        .setOperation(Operation.OPERATION_WRITE)
                        .setSessionId("s")
                        .setLeaseId(lease.getLeaseId())
                        .setHeldFencingToken(lease.getFencingToken())
                        .setContinuation(lease.getContinuation())
                        .build())
                .getLease()
                .getFencingToken())
        .isEqualTo(lease.getFencingToken());
    assertThat(operations()).isEqualTo(1);
  }

  @Test
  void drain_watchOfOtherDatastores_isAskedToAcknowledgeAtOnce() {
    sessions.openSession(OpenSessionRequest.newBuilder().setSessionId("c").setCaches(true).build());
    var asked = new CopyOnWriteArrayList<WatchGenerationResponse>();
    watch(
        "c",
        frame -> {
          if (frame.getAckRequested()) {
            asked.add(frame);
            sessions.keepAlive(
                KeepAliveRequest.newBuilder()
                    .setSessionId("c")
                    .setApplied(frame.getRevision())
                    .build());
          }
        },
        new ArrayList<>());
    await()
        .until(
            () ->
                status().getServer().getSlowestWatchersList().stream()
                    .anyMatch(WatcherStatus::hasSent));
    long mode = setOffline().getRevision().getGeneration();

    Iterator<DrainResponse> drain =
        MaintenanceServiceGrpc.newBlockingStub(daemon.channel())
            .drain(DrainRequest.newBuilder().setDatastore("main").build());
    DrainResponse last = drain.next();
    while (drain.hasNext()) {
      last = drain.next();
    }

    assertThat(last.getState()).isEqualTo(DrainState.DRAIN_STATE_DRAINED);
    assertThat(last.getElapsed().getSeconds()).as("well before the next bookmark").isLessThan(5);
    assertThat(asked).isNotEmpty();
    assertThat(asked.get(0).getRevision().getGeneration()).isEqualTo(mode);
    daemon.close();
  }

  @Test
  void status_tellsSessionsWatchersAndWhyADrainIsNotDone() {
    OpenSessionResponse opened =
        sessions.openSession(
            OpenSessionRequest.newBuilder().setSessionId("c").setCaches(true).build());
    lease("c", "main");
    watch("c", frame -> {}, new ArrayList<>());
    sessions.keepAlive(
        KeepAliveRequest.newBuilder().setSessionId("c").setApplied(opened.getRevision()).build());
    setOffline();

    await().until(() -> status().getServer().getSlowestWatchers(0).hasSent());
    StatusResponse status = status();

    assertThat(status.getServer().getSessions()).isEqualTo(1);
    assertThat(status.getServer().hasRecoveryLeft()).isFalse();
    assertThat(status.getServer().getSlowestWatchers(0))
        .satisfies(
            watcher -> {
              assertThat(watcher.getSessionId()).isEqualTo("c");
              assertThat(watcher.getPeer()).isNotEmpty();
              assertThat(watcher.getApplied()).isEqualTo(opened.getRevision());
            });
    assertThat(status.getDatastores(0).getProcesses(0))
        .satisfies(
            process -> {
              assertThat(process.getPid()).isEqualTo(ProcessHandle.current().pid());
              assertThat(process.getOperations().getWrite()).isEqualTo(1);
            });
    assertThat(status.getDatastores(0).getDrain())
        .satisfies(
            drain -> {
              assertThat(drain.getDrained()).isFalse();
              assertThat(drain.getLeases()).isEqualTo(1);
              assertThat(drain.getSessions()).isEqualTo(1);
              assertThat(drain.getWaitsFor())
                  .isEqualTo("waits for 1 session that has not applied the mode, 1 lease");
            });
    assertThat(status.getDatastores(1).hasDrain()).isFalse();
    daemon.close();
  }

  private OpenSessionResponse open(String id) {
    return sessions.openSession(OpenSessionRequest.newBuilder().setSessionId(id).build());
  }

  private KeepAliveResponse keepAlive(String id) {
    return sessions.keepAlive(KeepAliveRequest.newBuilder().setSessionId(id).build());
  }

  private boolean close(String id) {
    return sessions
        .closeSession(CloseSessionRequest.newBuilder().setSessionId(id).build())
        .getClosed();
  }

  private Lease lease(String session, String datastore) {
    return datastores
        .lookup(
            LookupRequest.newBuilder()
                .setDatastore(datastore)
                .setOperation(Operation.OPERATION_WRITE)
                .setSessionId(session)
                .setPurpose("verify vm/100")
                .build())
        .getLease();
  }

  private List<String> ids(ListLeasesRequest.Builder request) {
    return sessions.listLeases(request.build()).getLeasesList().stream()
        .map(held -> held.getLease().getLeaseId())
        .toList();
  }

  private SetMaintenanceModeResponse setOffline() {
    return MaintenanceServiceGrpc.newBlockingStub(daemon.channel())
        .setMaintenanceMode(
            SetMaintenanceModeRequest.newBuilder()
                .setDatastore("main")
                .setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE)
                .build());
  }

  private StatusResponse status() {
    return datastores.status(StatusRequest.getDefaultInstance());
  }

  private long operations() {
    return status().getDatastores(0).getOperations().getWrite();
  }

  private void watch(
      String session, Consumer<WatchGenerationResponse> frames, List<Throwable> errors) {
    DatastoreServiceGrpc.newStub(daemon.channel())
        .watchGeneration(
            WatchGenerationRequest.newBuilder()
                .setSessionId(session)
                .addDatastores("other")
                .build(),
            new StreamObserver<>() {
              @Override
              public void onNext(WatchGenerationResponse frame) {
                frames.accept(frame);
              }

              @Override
              public void onError(Throwable error) {
                errors.add(error);
              }

              @Override
              public void onCompleted() {}
            });
  }
}
