package io.datastored.service.wire;

import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.datastored.drain.BlockerSummary;
import io.datastored.engine.WriteOutcome.Rejected;
import io.datastored.engine.snapshot.Datastore;
import io.datastored.engine.snapshot.DatastoreFault;
import io.datastored.engine.snapshot.Etag;
import io.datastored.engine.snapshot.Maintenance;
import io.datastored.history.Revision;
import io.datastored.promise.UnseenOperations;
import io.datastored.v1.ErrorReason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Rejected writes are the rows of the table of refusals that only writes can meet. Stateless. */
final class RejectedWrites {
  private RejectedWrites() {}

  static RefusalRow exists(Rejected rejected) {
    return RefusalRow.of(
        Code.ALREADY_EXISTS,
        "datastore '%s' already exists".formatted(rejected.name().value()),
        info(ErrorReason.ERROR_REASON_DATASTORE_EXISTS, rejected));
  }

  static RefusalRow etagMismatch(Rejected rejected) {
    return RefusalRow.of(
        Code.ABORTED,
        rejected.detail(),
        info(ErrorReason.ERROR_REASON_ETAG_MISMATCH, rejected).putMetadata("etag", etag(rejected)));
  }

  /** Shows who set the mode, when and why, and the etag that is needed to leave it. */
  static RefusalRow modeChangeRefused(Rejected rejected) {
    Optional<Maintenance> present = rejected.present().map(Datastore::maintenance);
    return RefusalRow.of(
        Code.FAILED_PRECONDITION,
        rejected.detail(),
        info(ErrorReason.ERROR_REASON_MODE_CHANGE_REFUSED, rejected)
            .putMetadata("mode", present.map(mode -> mode.mode().name()).orElse(""))
            .putMetadata("message", present.flatMap(Maintenance::message).orElse(""))
            .putMetadata(
                "since", present.flatMap(Maintenance::since).map(Instant::toString).orElse(""))
            .putMetadata("set_by", present.flatMap(Maintenance::setBy).orElse(""))
            .putMetadata("etag", etag(rejected)));
  }

  /**
   * The row for a datastore that must not be removed yet.
   *
   * @param inTheWay what was found; empty if its mode alone forbids it
   */
  static RefusalRow inUse(Rejected rejected, Optional<BlockerSummary> inTheWay) {
    return RefusalRow.of(
        Code.FAILED_PRECONDITION,
        rejected.detail(),
        info(ErrorReason.ERROR_REASON_DATASTORE_IN_USE, rejected)
            .putMetadata(
                "operations",
                inTheWay
                    .map(found -> found.operations().read() + found.operations().write())
                    .map(count -> Long.toString(count))
                    .orElse(""))
            .putMetadata(
                "sessions", inTheWay.map(found -> Long.toString(found.sessions())).orElse(""))
            .putMetadata(
                "unseen",
                inTheWay
                    .flatMap(found -> found.unseen().awaited())
                    .map(UnseenOperations::program)
                    .orElse("")));
  }

  static RefusalRow storeUnavailable(String detail, Revision revision) {
    return RefusalRow.of(
        Code.UNAVAILABLE,
        detail,
        RefusalRow.info(ErrorReason.ERROR_REASON_STORE_UNAVAILABLE, revision)
            .putMetadata("detail", detail));
  }

  /** Not UNAVAILABLE: a change that may have been made must not be resent without a check. */
  static RefusalRow outcomeUnknown(Rejected rejected) {
    return RefusalRow.of(
        Code.UNKNOWN,
        rejected.detail(),
        RefusalRow.info(ErrorReason.ERROR_REASON_OUTCOME_UNKNOWN, rejected.revision())
            .putMetadata("detail", rejected.detail()));
  }

  /** No client reads this: the call has ended. */
  static RefusalRow cancelled(Rejected rejected) {
    return RefusalRow.of(
        Code.CANCELLED, rejected.detail(), info(ErrorReason.ERROR_REASON_UNSPECIFIED, rejected));
  }

  static RefusalRow invalidSettings(Rejected rejected) {
    List<FieldViolation> faults = rejected.faults().stream().map(SettingsPaths::violation).toList();
    var first = rejected.faults().stream().findFirst();
    String detail = first.map(fault -> fault.message()).orElse(rejected.detail());
    return RefusalRow.of(
        Code.INVALID_ARGUMENT,
        rejected.detail(),
        UnreadableSections.place(
                rejected.present().flatMap(Datastore::fault).map(DatastoreFault::where),
                info(ErrorReason.ERROR_REASON_CONFIG_INVALID, rejected))
            .putMetadata("property", first.map(fault -> fault.property()).orElse(""))
            .putMetadata("detail", detail),
        Brief.faults(faults, faults.size()));
  }

  private static ErrorInfo.Builder info(ErrorReason reason, Rejected rejected) {
    return RefusalRow.info(reason, rejected.revision())
        .putMetadata("datastore", rejected.name().value());
  }

  private static String etag(Rejected rejected) {
    return rejected.present().map(Datastore::etag).map(Etag::value).orElse("");
  }
}
