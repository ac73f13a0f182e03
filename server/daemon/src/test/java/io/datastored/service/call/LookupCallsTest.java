package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.base.Ticker;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.sun.management.ThreadMXBean;
import io.datastored.access.Access;
import io.datastored.access.AuditTrail;
import io.datastored.access.Identity;
import io.datastored.access.Rules;
import io.datastored.config.DatastoreName;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.engine.EngineFixture;
import io.datastored.engine.Handle;
import io.datastored.file.DiskSteps;
import io.datastored.lease.CountedLeases;
import io.datastored.lease.LeaseGround;
import io.datastored.lease.LeaseOptions;
import io.datastored.lease.LeaseTable;
import io.datastored.lease.Leases;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.Authority;
import io.datastored.promise.EarlierLeases;
import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.Replicas;
import io.datastored.service.wire.BlockingCalls;
import io.datastored.service.wire.Caller;
import io.datastored.service.wire.EncodedMethods;
import io.datastored.service.wire.ProtoDatastores;
import io.datastored.service.wire.Refusals;
import io.datastored.service.wire.TestLimits;
import io.datastored.service.wire.UncaughtExceptions;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MountState;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.Revision;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class LookupCallsTest {

  private static final String CONFIG =
      """
      datastore: alpha
      \tpath /srv/alpha

      datastore: closed
      \tpath /srv/closed
      \tmaintenance-mode offline,message=moving
      """;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private final EngineFixture fixture = EngineFixture.with(CONFIG);
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService pool = Executors.newSingleThreadExecutor();
  private final AtomicInteger hops = new AtomicInteger();
  private RevisionWaits waits;
  private LeaseTable leases;
  private CountedLeases counted;
  private LookupCalls calls;
  private DatastoreServiceBlockingStub stub;
  private ManagedChannel channel;

  @BeforeEach
  void serve() throws Exception {
    LeaseOptions options =
        LeaseOptions.of(
            chosen -> {
              chosen.maxLeases = 2;
              chosen.earlierLeases = EarlierLeases.NONE;
            });
    FilePromiseBook ledger =
        FilePromiseBook.open(directory, options.promises(), InstantSource.system(), DiskSteps.REAL);
    Leases room =
        new Leases(
            fixture.engine(),
            LeaseGround.alone(ledger, Authority.LONE),
            options,
            Ticker.systemTicker(),
            new SplittableRandom(1),
            AuditTrail.NONE,
            Runnable::run);
    leases = room.leases();
    counted = room.counted();
    waits = new RevisionWaits(fixture.engine(), timers, Runnable::run);
    Refusals refusals =
        new Refusals(
            () -> fixture.engine().snapshot().revision(),
            fixture.clock(),
            new SplittableRandom(2),
            new AuditLog(AuditTrail.NONE));
    UncaughtExceptions uncaught = new UncaughtExceptions(() -> 1);
    Executor onPool =
        work -> {
          hops.incrementAndGet();
          pool.execute(work);
        };
    BlockingCalls blocking =
        new BlockingCalls(
            caller -> onPool, TestLimits.wide(), refusals, uncaught, TestLimits.untimed());
    var times = new ServiceOptions.Builder();
    times.longestRevisionWait = java.time.Duration.ofSeconds(2);
    calls =
        new LookupCalls(
            fixture.engine(),
            room,
            new LookupAnswers(fixture.engine()::snapshot, Replicas.NONE),
            waits,
            times.build(),
            blocking,
            refusals);
    var service =
        new DatastoreServiceGrpc.DatastoreServiceImplBase() {
          @Override
          public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
            calls.release(request, observer);
          }
        };
    String name = InProcessServerBuilder.generateName();
    cleanup.register(
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(
                EncodedMethods.replaceIn(
                    service.bindService(),
                    calls::lookup,
                    (request, observer) ->
                        ServerCalls.asyncUnimplementedUnaryCall(
                            DatastoreServiceGrpc.getWatchGenerationMethod(), observer)))
            .intercept(Caller.interceptor(Access.by(Rules.open())))
            .intercept(uncaught)
            .build()
            .start());
    channel = cleanup.register(InProcessChannelBuilder.forName(name).directExecutor().build());
    stub = DatastoreServiceGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() throws InterruptedException {
    timers.shutdownNow();
    // A call that was cancelled may still be writing to the test's directory.
    pool.shutdown();
    assertThat(pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void lookup_write_isLeasedAndCounted() {
    LookupResponse answer = stub.lookup(write("alpha").setLeaseId("a").build());
    assertThat(answer.getLease().getLeaseId()).isEqualTo("a");
    assertThat(answer.getLease().getDatastore()).isEqualTo("alpha");
    assertThat(answer.getLease().getOperation()).isEqualTo(Operation.OPERATION_WRITE);
    assertThat(answer.getLease().getTtl().getSeconds()).isEqualTo(60);
    assertThat(answer.getLease().getFencingToken()).isBetween(1L << 20, (1L << 53) - 1);
    assertThat(answer.getLease().getSessionId()).isEmpty();
    assertThat(answer.getDatastore().getSettings().getPath()).isEqualTo("/srv/alpha");
    assertThat(answer.getDatastore().getMountState())
        .isEqualTo(MountState.MOUNT_STATE_NOT_REMOVABLE);
    assertThat(answer.getRevision()).isEqualTo(revision());
    assertThat(counts()).isEqualTo(new OperationCounts(0, 1));
  }

  @Test
  void lookup_afterTheFirst_isAnsweredWithoutAHop() {
    stub.lookup(write("alpha").build());
    int before = hops.get();
    stub.lookup(write("alpha").setLeaseId("a").build());
    stub.lookup(write("alpha").setLeaseId("a").build());
    stub.lookup(lookup("alpha").build());
    assertThat(hops).hasValue(before);
  }

  /** Put together of what is encoded already: 336 bytes; encoded again, 2,800 more. */
  @Test
  void lookup_again_encodesNothing() {
    LookupAnswers answers = new LookupAnswers(fixture.engine()::snapshot, Replicas.NONE);
    LookupQuestion question =
        LookupQuestion.read(lookup("alpha").build(), Caller.current(), refusalsOfNone());
    Handle handle = fixture.engine().lookup(question.name(), question.operation()).handle();
    int size = answers.of(handle, question).size();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    int told = 0;
    for (int i = 0; i < 1000; i++) {
      told += answers.of(handle, question).size();
    }
    long bytes = (threads.getCurrentThreadAllocatedBytes() - before) / 1000;
    assertThat(told).isEqualTo(1000 * size);
    assertThat(bytes).isLessThan(1000);
  }

  @Test
  void lookup_question_isNeitherLeasedNorCounted() {
    LookupResponse answer = stub.lookup(lookup("closed").build());
    assertThat(answer.hasLease()).isFalse();
    assertThat(answer.getDatastore().getMaintenance().getMode())
        .isEqualTo(MaintenanceMode.MAINTENANCE_MODE_OFFLINE);
    assertThat(counted.live()).isZero();
  }

  @Test
  void lookup_knownEtag_anotherDatastoreHasChanged_tellsTheRevisionOfNow() {
    String etag = stub.lookup(lookup("alpha").build()).getDatastore().getEtag();
    LookupResponse before = stub.lookup(lookup("alpha").setKnownEtag(etag).build());
    fixture.commitElsewhere(DatastoreName.of("closed"), "another comment");
    LookupResponse after = stub.lookup(lookup("alpha").setKnownEtag(etag).build());
    assertThat(after.getRevision().getGeneration())
        .isEqualTo(before.getRevision().getGeneration() + 1);
    assertThat(after.getDatastore()).isEqualTo(before.getDatastore());
    assertThat(stub.lookup(lookup("alpha").setKnownEtag(etag).build())).isEqualTo(after);
  }

  @Test
  void lookup_knownEtag_leavesOnlyTheSettingsOut() {
    String etag = stub.lookup(lookup("alpha").build()).getDatastore().getEtag();
    LookupResponse known = stub.lookup(lookup("alpha").setKnownEtag(etag).build());
    assertThat(known.getDatastore().hasSettings()).isFalse();
    assertThat(known.getDatastore().getMountState())
        .isEqualTo(MountState.MOUNT_STATE_NOT_REMOVABLE);
    fixture.edit(CONFIG.replace("\tpath /srv/alpha\n", "\tpath /srv/alpha\n\tcomment new\n"));
    LookupResponse changed = stub.lookup(lookup("alpha").setKnownEtag(etag).build());
    assertThat(changed.getDatastore().getSettings().getComment()).isEqualTo("new");
  }

  @Test
  void lookup_everyFieldWrong_tellsAllFaults() {
    LookupRequest request =
        LookupRequest.newBuilder()
            .setDatastore("?")
            .setSessionId("a b")
            .setTtl(Duration.newBuilder().setSeconds(-1))
            .setLeaseId("ü")
            .setHeldFencingToken(-1)
            .setPurpose("x".repeat(65))
            .setAtLeast(Revision.newBuilder().setIncarnation("XYZ"))
            .build();
    StatusRuntimeException refused = refused(() -> stub.lookup(request));
    assertThat(refused.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(info(refused).getReason()).isEqualTo("INVALID_REQUEST");
    assertThat(detail(refused, BadRequest.class).getFieldViolationsList())
        .extracting(BadRequest.FieldViolation::getField)
        .contains(
            "datastore",
            "operation",
            "session_id",
            "ttl",
            "lease_id",
            "held_fencing_token",
            "purpose",
            "at_least.incarnation",
            "at_least.generation");
  }

  @Test
  void lookup_sessionTogetherWithTtl_isInvalid() {
    assertInvalid(
        write("alpha").setSessionId("s").setTtl(Duration.newBuilder().setSeconds(5)), "ttl");
  }

  @Test
  void lookup_heldWithoutLeaseId_isInvalid() {
    assertInvalid(write("alpha").setHeldFencingToken(5), "lease_id");
  }

  @Test
  void lookup_leaseInAQuestion_isInvalid() {
    assertInvalid(lookup("alpha").setLeaseId("a"), "lease_id");
  }

  @Test
  void lookup_refused_tellsWhy() {
    assertRefused(write("closed"), Code.FAILED_PRECONDITION, "UNDER_MAINTENANCE");
    assertRefused(write("unknown"), Code.NOT_FOUND, "DATASTORE_NOT_FOUND");
    assertRefused(write("alpha").setSessionId("s"), Code.NOT_FOUND, "SESSION_NOT_FOUND");
    assertRefused(
        write("alpha").setLeaseId("a").setHeldFencingToken(7), Code.ABORTED, "LEASE_ENDED");
    stub.lookup(write("alpha").setLeaseId("a").build());
    StatusRuntimeException reused =
        assertRefused(
            write("alpha").setOperation(Operation.OPERATION_READ).setLeaseId("a"),
            Code.ALREADY_EXISTS,
            "LEASE_ID_REUSED");
    assertThat(info(reused).getMetadataMap()).containsEntry("lease_id", "a");
    stub.lookup(write("alpha").build());
    StatusRuntimeException quota =
        assertRefused(write("alpha"), Code.RESOURCE_EXHAUSTED, "QUOTA_EXCEEDED");
    assertThat(info(quota).getMetadataMap())
        .containsEntry("limit", "max-leases")
        .containsEntry("value", "2");
  }

  @Test
  void lookup_held_isRenewedUnderMaintenance() {
    long token = stub.lookup(write("alpha").setLeaseId("a").build()).getLease().getFencingToken();
    fixture.edit(
        CONFIG.replace("\tpath /srv/alpha\n", "\tpath /srv/alpha\n\tmaintenance-mode read-only\n"));
    LookupResponse renewed =
        stub.lookup(write("alpha").setLeaseId("a").setHeldFencingToken(token).build());
    assertThat(renewed.getLease().getFencingToken()).isEqualTo(token);
    assertThat(renewed.getDatastore().getMaintenance().getMode())
        .isEqualTo(MaintenanceMode.MAINTENANCE_MODE_READ_ONLY);
  }

  @Test
  void lookup_validateOnly_countsNothing() {
    LookupResponse answer = stub.lookup(write("alpha").setValidateOnly(true).build());
    assertThat(answer.hasLease()).isFalse();
    assertThat(answer.getDatastore().getName()).isEqualTo("alpha");
    assertThat(counted.live()).isZero();
    assertRefused(
        write("closed").setValidateOnly(true), Code.FAILED_PRECONDITION, "UNDER_MAINTENANCE");
    assertRefused(write("unknown").setValidateOnly(true), Code.NOT_FOUND, "DATASTORE_NOT_FOUND");
  }

  @Test
  void lookup_atLeastAhead_waitsWithoutAThread() throws Exception {
    stub.lookup(write("alpha").setLeaseId("a").build());
    List<ListenableFuture<LookupResponse>> waiting = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      waiting.add(
          DatastoreServiceGrpc.newFutureStub(channel)
              .lookup(lookup("alpha").setAtLeast(ahead(1)).build()));
    }
    await().until(() -> waits.size() == 50);
    int hopsBefore = hops.get();
    fixture.edit(CONFIG.replace("\tpath /srv/alpha\n", "\tpath /srv/alpha\n\tcomment new\n"));
    for (ListenableFuture<LookupResponse> answer : waiting) {
      assertThat(answer.get(60, TimeUnit.SECONDS).getDatastore().getSettings().getComment())
          .isEqualTo("new");
    }
    assertThat(hops)
        .as("from memory: the bounded pool has no room for thousands")
        .hasValue(hopsBefore);
    assertThat(waits.size()).isZero();
  }

  @Test
  void lookup_atLeastNeverServed_isNotReadyAndToldToRetry() {
    StatusRuntimeException refused =
        assertRefused(lookup("alpha").setAtLeast(ahead(99)), Code.UNAVAILABLE, "NOT_READY");
    assertThat(detail(refused, RetryInfo.class).hasRetryDelay()).isTrue();
    assertThat(waits.size()).isZero();
  }

  @Test
  void lookup_atLeastBeyondTheClientsDeadline_leavesNoWait() {
    StatusRuntimeException refused =
        refused(
            () ->
                stub.withDeadlineAfter(20, TimeUnit.MILLISECONDS)
                    .lookup(lookup("alpha").setAtLeast(ahead(99)).build()));
    assertThat(refused.getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    await().untilAsserted(() -> assertThat(waits.size()).isZero());
  }

  @Test
  void lookup_atLeastOfAnotherHistory_isRefusedAtOnce() {
    Revision other = revision().toBuilder().setIncarnation("ffffffffffffffff").build();
    StatusRuntimeException refused =
        assertRefused(
            lookup("alpha").setAtLeast(other), Code.FAILED_PRECONDITION, "WRONG_INCARNATION");
    assertThat(info(refused).getMetadataMap())
        .containsEntry("incarnation", revision().getIncarnation())
        .containsEntry("generation", Long.toString(revision().getGeneration()));
  }

  @Test
  void lookup_cancelledCall_leavesNoLease() {
    stub.lookup(write("alpha").setLeaseId("a").build());
    Context anybody =
        new Caller(Access.by(Rules.open()).subject(Identity.ANONYMOUS), Optional.empty(), 0)
            .context();
    anybody.run(() -> calls.lookup(write("alpha").setLeaseId("b").build(), new CancelledCall<>()));
    assertThat(counted.live()).isEqualTo(1);
    anybody.run(() -> calls.lookup(write("alpha").setLeaseId("a").build(), new CancelledCall<>()));
    assertThat(counted.live()).as("a renewal is not undone").isEqualTo(1);
  }

  @Test
  void release_tellsWhetherItEndedTheLease() {
    stub.lookup(write("alpha").setLeaseId("a").build());
    ReleaseRequest release = ReleaseRequest.newBuilder().setLeaseId("a").build();
    assertThat(stub.release(release).getReleased()).isTrue();
    ReleaseResponse again = stub.release(release);
    assertThat(again.hasReleased()).isTrue();
    assertThat(again.getReleased()).isFalse();
    assertThat(counts()).isEqualTo(new OperationCounts(0, 0));
  }

  @Test
  void release_badId_isInvalid() {
    for (String id : List.of("", "a b", "x".repeat(65))) {
      StatusRuntimeException refused =
          refused(() -> stub.release(ReleaseRequest.newBuilder().setLeaseId(id).build()));
      assertThat(info(refused).getReason()).isEqualTo("INVALID_REQUEST");
      assertThat(detail(refused, BadRequest.class).getFieldViolationsList()).hasSize(1);
    }
  }

  private static LookupRequest.Builder write(String datastore) {
    return LookupRequest.newBuilder()
        .setDatastore(datastore)
        .setOperation(Operation.OPERATION_WRITE);
  }

  private static LookupRequest.Builder lookup(String datastore) {
    return LookupRequest.newBuilder()
        .setDatastore(datastore)
        .setOperation(Operation.OPERATION_LOOKUP);
  }

  private Revision revision() {
    return ProtoDatastores.revision(fixture.engine().snapshot().revision());
  }

  private Revision ahead(long generations) {
    return revision().toBuilder().setGeneration(revision().getGeneration() + generations).build();
  }

  private OperationCounts counts() {
    return fixture.engine().operations(DatastoreName.of("alpha"));
  }

  private Refusals refusalsOfNone() {
    return new Refusals(
        () -> fixture.engine().snapshot().revision(),
        fixture.clock(),
        new SplittableRandom(3),
        new AuditLog(AuditTrail.NONE));
  }

  private void assertInvalid(LookupRequest.Builder request, String field) {
    StatusRuntimeException refused =
        assertRefused(request, Code.INVALID_ARGUMENT, "INVALID_REQUEST");
    assertThat(detail(refused, BadRequest.class).getFieldViolationsList())
        .extracting(BadRequest.FieldViolation::getField)
        .containsExactly(field);
  }

  private StatusRuntimeException assertRefused(
      LookupRequest.Builder request, Code code, String reason) {
    StatusRuntimeException refused = refused(() -> stub.lookup(request.build()));
    assertThat(refused.getStatus().getCode()).isEqualTo(code);
    assertThat(info(refused).getReason()).isEqualTo(reason);
    assertThat(info(refused).getDomain()).isEqualTo("datastored");
    return refused;
  }

  private static StatusRuntimeException refused(Supplier<?> call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::get);
  }

  private static ErrorInfo info(StatusRuntimeException refused) {
    return detail(refused, ErrorInfo.class);
  }

  private static <M extends com.google.protobuf.Message> M detail(
      StatusRuntimeException refused, Class<M> type) {
    return StatusProto.fromThrowable(refused).getDetailsList().stream()
        .filter(any -> any.is(type))
        .findFirst()
        .map(
            any -> {
              try {
                return any.unpack(type);
              } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                throw new AssertionError(e);
              }
            })
        .orElseThrow();
  }
}
