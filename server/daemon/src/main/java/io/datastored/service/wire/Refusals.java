package io.datastored.service.wire;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.datastored.access.Decision;
import io.datastored.access.LimitReached;
import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigFault;
import io.datastored.drain.BlockerSummary;
import io.datastored.engine.Engine;
import io.datastored.engine.Refused;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.DatastoreFault;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.lease.EndCause;
import io.datastored.v1.ErrorReason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Refusals are the only table from outcome to status: code, {@link ErrorInfo} and details of every
 * refusal. Thread-safe: immutable except for the source of randomness, which must be thread-safe.
 * Reasons are switched without {@code default}, so a new one does not compile until it has a row
 * here. {@code ErrorReason} in the contract documents each row.
 */
public final class Refusals {
  /** A client that retried sooner would meet the same refusal. */
  private static final Duration LEAST_RETRY = Duration.ofSeconds(1);

  /** Spreads the return of clients after a restart. */
  private static final Duration RETRY_SPREAD = Duration.ofSeconds(4);

  private final Supplier<Revision> newest;
  private final InstantSource wallClock;
  private final RandomGenerator random;
  private final Denials denials;

  /**
   * @param newest the revision for refusals whose outcome has none
   * @param wallClock shows how far away an expected end is
   * @param random spreads retries
   * @param denials records who may not do what; must not block
   */
  public Refusals(
      Supplier<Revision> newest, InstantSource wallClock, RandomGenerator random, Denials denials) {
    this.denials = denials;
    this.newest = newest;
    this.wallClock = wallClock;
    this.random = random;
  }

  /** The refusal of a lookup. */
  public Refusal of(Refused refused) {
    return row(refused).refusal();
  }

  /**
   * The refusal that a lookup would get, as part of an answer; its metadata also has {@code
   * operation}.
   */
  public ErrorInfo info(Refused refused) {
    return row(refused).info().toBuilder()
        .putMetadata("operation", refused.operation().name())
        .build();
  }

  /** The refusal of a write. */
  public Refusal of(Rejected rejected) {
    return switch (rejected.reason()) {
      case UNKNOWN_DATASTORE -> notFound(rejected.name(), rejected.revision()).refusal();
      case NOT_READY -> notReadyRow(rejected.revision(), rejected.detail()).refusal();
      case EXISTS -> RejectedWrites.exists(rejected).refusal();
      case ETAG_MISMATCH -> RejectedWrites.etagMismatch(rejected).refusal();
      case MODE_CHANGE_REFUSED -> RejectedWrites.modeChangeRefused(rejected).refusal();
      case IN_USE -> RejectedWrites.inUse(rejected, Optional.empty()).refusal();
      case CONFIG_INVALID -> RejectedWrites.invalidSettings(rejected).refusal();
      case CANCELLED -> RejectedWrites.cancelled(rejected).refusal();
      case OUTCOME_UNKNOWN -> RejectedWrites.outcomeUnknown(rejected).refusal();
      case STORE_UNAVAILABLE ->
          RejectedWrites.storeUnavailable(rejected.detail(), rejected.revision()).refusal();
    };
  }

  /** The refusal of a call that is not allowed; it is recorded. */
  public Refusal denied(Caller caller, Decision decision) {
    denials.denied(caller, decision);
    return decision instanceof Decision.Denied denied
        ? DeniedAccess.row(denied, newest.get()).refusal()
        : notFound(((Decision.Hidden) decision).name());
  }

  /** The refusal to remove a datastore that is in use. */
  public Refusal inUse(Rejected rejected, BlockerSummary inTheWay) {
    return RejectedWrites.inUse(rejected, Optional.of(inTheWay)).refusal();
  }

  /** The refusal to drain a datastore whose mode refuses nothing. */
  public Refusal notUnderMaintenance(DatastoreName name) {
    return RefusalRow.of(
            Code.FAILED_PRECONDITION,
            "datastore '%s' is in service: there is nothing to drain".formatted(name.value()),
            RefusalRow.info(ErrorReason.ERROR_REASON_NOT_UNDER_MAINTENANCE, newest.get())
                .putMetadata("datastore", name.value()))
        .refusal();
  }

  /**
   * The refusal of an invalid request.
   *
   * @param faults at least the first of its faults
   * @param total the number of its faults
   */
  public Refusal invalid(List<FieldViolation> faults, long total) {
    String first = faults.get(0).getField() + ": " + faults.get(0).getDescription();
    long more = total - 1;
    return RefusalRow.of(
            Code.INVALID_ARGUMENT,
            more == 0 ? first : "%s (and %d more)".formatted(first, more),
            RefusalRow.info(ErrorReason.ERROR_REASON_INVALID_REQUEST, newest.get()),
            Brief.faults(faults, total))
        .refusal();
  }

  /** The refusal of a request with one fault. */
  public Refusal invalid(String field, String description) {
    return invalid(
        List.of(FieldViolation.newBuilder().setField(field).setDescription(description).build()),
        1);
  }

  /** The refusal of bytes that are not a message of this type; there is no field to name. */
  public Refusal unreadable(String type) {
    String text = "the request is not a " + type;
    return RefusalRow.of(
            Code.INVALID_ARGUMENT,
            text,
            RefusalRow.info(ErrorReason.ERROR_REASON_INVALID_REQUEST, newest.get()),
            BadRequest.newBuilder()
                .addFieldViolations(FieldViolation.newBuilder().setDescription(text))
                .build())
        .refusal();
  }

  /** The refusal for a name that is not in the snapshot. */
  public Refusal notFound(DatastoreName name) {
    return notFound(name, newest.get()).refusal();
  }

  /**
   * The refusal for a session that does not exist.
   *
   * @param recovering whether it can be reopened under its id and its leases continued
   */
  public Refusal sessionNotFound(boolean recovering) {
    return RefusalRow.of(
            Code.NOT_FOUND,
            recovering
                ? "unknown session: open it again with the same id, then continue its leases"
                : "no such session",
            RefusalRow.info(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND, newest.get())
                .putMetadata("recovering", Boolean.toString(recovering)))
        .refusal();
  }

  /** The refusal for a lease that does not exist, with what its holder must do. */
  public Refusal leaseEnded(String leaseId, EndCause cause) {
    return RefusalRow.of(
            Code.ABORTED,
            "lease '%s' has ended (%s): %s".formatted(leaseId, cause.word(), cause.advice()),
            RefusalRow.info(ErrorReason.ERROR_REASON_LEASE_ENDED, newest.get())
                .putMetadata("lease_id", leaseId)
                .putMetadata("cause", cause.word()))
        .refusal();
  }

  /** The refusal for an id that belongs to a live lease for something else. */
  public Refusal leaseIdReused(String leaseId) {
    return RefusalRow.of(
            Code.ALREADY_EXISTS,
            "lease '%s' is held for something else".formatted(leaseId),
            RefusalRow.info(ErrorReason.ERROR_REASON_LEASE_ID_REUSED, newest.get())
                .putMetadata("lease_id", leaseId))
        .refusal();
  }

  /** The refusal for a revision of another history. */
  public Refusal wrongIncarnation() {
    Revision revision = newest.get();
    return RefusalRow.of(
            Code.FAILED_PRECONDITION,
            "the revision is of another history than this server's",
            RefusalRow.info(ErrorReason.ERROR_REASON_WRONG_INCARNATION, revision)
                .putMetadata("incarnation", revision.incarnation().value()))
        .refusal();
  }

  /** The refusal at a limit of this server. */
  public Refusal quotaExceeded(LimitReached reached) {
    reached.share().ifPresent(share -> denials.beyondShare(reached, share.of()));
    return ReachedLimits.row(reached, newest.get()).refusal();
  }

  /** The refusal of a call at a limit of which every call gives its place back soon. */
  public Refusal busy(LimitReached reached) {
    if (reached.share().isEmpty()) {
      return notReady(reached.toString());
    }
    denials.beyondShare(reached, reached.share().get().of());
    return ReachedLimits.row(reached, newest.get(), retrySoon()).refusal();
  }

  /** The refusal of a change that cannot be stored or recorded now. */
  public Refusal storeUnavailable(String detail) {
    return RejectedWrites.storeUnavailable(detail, newest.get()).refusal();
  }

  /**
   * A snapshot that includes everything that other processes committed before this call.
   *
   * @throws Refusal if it cannot be read
   */
  public Snapshot fresh(Engine engine) {
    try {
      return engine.freshSnapshot();
    } catch (StoreException e) {
      throw notReady(e.getMessage());
    }
  }

  /** The refusal while a server starts or stops; {@code detail} gives the reason in a few words. */
  public Refusal notReady(String detail) {
    return notReadyRow(newest.get(), detail).refusal();
  }

  private RefusalRow row(Refused refused) {
    DatastoreName name = refused.name();
    Revision revision = refused.revision();
    return switch (refused.reason()) {
      case UNKNOWN_DATASTORE -> notFound(name, revision);
      case UNDER_MAINTENANCE -> underMaintenance(refused);
      case NOT_MOUNTED ->
          RefusalRow.of(
              Code.FAILED_PRECONDITION,
              refused.detail(),
              RefusalRow.info(ErrorReason.ERROR_REASON_NOT_MOUNTED, revision)
                  .putMetadata("datastore", name.value())
                  .putMetadata(
                      "device", refused.datastore().flatMap(Datastore::backingDevice).orElse("")));
      case CONFIG_INVALID ->
          UnreadableSections.row(
              name, refused.fault().map(DatastoreFault::where), refused.detail(), revision);
      case NOT_READY -> notReadyRow(revision, refused.detail());
    };
  }

  private RefusalRow underMaintenance(Refused refused) {
    Maintenance maintenance = refused.datastore().orElseThrow().maintenance();
    String name = refused.name().value();
    ErrorInfo.Builder info =
        RefusalRow.info(ErrorReason.ERROR_REASON_UNDER_MAINTENANCE, refused.revision())
            .putMetadata("datastore", name)
            .putMetadata("operation", refused.operation().name())
            .putMetadata("mode", maintenance.mode().name())
            .putMetadata("message", maintenance.message().orElse(""))
            .putMetadata("since", maintenance.since().map(Instant::toString).orElse(""))
            .putMetadata(
                "expected_end", maintenance.expectedEnd().map(Instant::toString).orElse(""));
    maintenance.asWritten().ifPresent(written -> info.putMetadata("as_written", written));
    Optional<RetryInfo> retry = maintenance.expectedEnd().map(this::retryAfter);
    return new RefusalRow(
        Code.FAILED_PRECONDITION,
        refused.detail(),
        info.build(),
        retry.<ImmutableList<Message>>map(ImmutableList::of).orElse(ImmutableList.of()));
  }

  /**
   * The refusal for a datastore that a snapshot cannot show: no such section, or one that was never
   * readable.
   */
  public Refusal missing(DatastoreName name, Snapshot snapshot) {
    return snapshot
        .fault(name)
        .map(fault -> unreadable(name, fault.where()))
        .orElseGet(() -> notFound(name));
  }

  private Refusal unreadable(DatastoreName name, ConfigFault where) {
    return UnreadableSections.row(
            name,
            Optional.of(where),
            "the section of datastore '%s' cannot be read: line %d: %s"
                .formatted(name.value(), where.line(), where.message()),
            newest.get())
        .refusal();
  }

  private static RefusalRow notFound(DatastoreName name, Revision revision) {
    return RefusalRow.of(
        Code.NOT_FOUND,
        "no such datastore '%s'".formatted(name.value()),
        RefusalRow.info(ErrorReason.ERROR_REASON_DATASTORE_NOT_FOUND, revision)
            .putMetadata("datastore", name.value()));
  }

  private RefusalRow notReadyRow(Revision revision, String detail) {
    return RefusalRow.of(
        Code.UNAVAILABLE,
        "not ready: " + detail,
        RefusalRow.info(ErrorReason.ERROR_REASON_NOT_READY, revision),
        retrySoon());
  }

  private RetryInfo retrySoon() {
    return retry(LEAST_RETRY.plusMillis(random.nextLong(RETRY_SPREAD.toMillis())));
  }

  private RetryInfo retryAfter(Instant expectedEnd) {
    Duration left = Duration.between(wallClock.instant(), expectedEnd);
    return retry(left.compareTo(LEAST_RETRY) < 0 ? LEAST_RETRY : left);
  }

  private static RetryInfo retry(Duration delay) {
    return RetryInfo.newBuilder().setRetryDelay(ProtoTimes.duration(delay)).build();
  }
}
