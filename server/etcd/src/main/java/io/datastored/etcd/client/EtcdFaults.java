package io.datastored.etcd.client;

import static io.datastored.etcd.client.EtcdException.Kind.AUTHENTICATE;
import static io.datastored.etcd.client.EtcdException.Kind.BUG;
import static io.datastored.etcd.client.EtcdException.Kind.COMPACTED;
import static io.datastored.etcd.client.EtcdException.Kind.ELSEWHERE;
import static io.datastored.etcd.client.EtcdException.Kind.FULL;
import static io.datastored.etcd.client.EtcdException.Kind.LEASE_ENDED;
import static io.datastored.etcd.client.EtcdException.Kind.OUTCOME_UNKNOWN;
import static io.datastored.etcd.client.EtcdException.Kind.TOO_LARGE;

import com.google.common.collect.ImmutableList;
import io.datastored.etcd.client.EtcdException.Kind;
import io.grpc.Status;
import io.grpc.Status.Code;

/**
 * The one table from the status of gRPC, with etcd's text, to the kind of a failure. Immutable.
 *
 * <p>A row says that nothing was done only if etcd decides that before it hands the request to the
 * others, or when all of them refuse it alike. For what stands in no row, a call that writes has an
 * unknown outcome: time-outs, "leader changed" and "server stopped" come after that, too.
 */
final class EtcdFaults {

  private static final ImmutableList<Row> ROWS =
      ImmutableList.of(
          new Row(Code.UNAUTHENTICATED, "", AUTHENTICATE),
          new Row(Code.PERMISSION_DENIED, "", AUTHENTICATE),
          new Row(Code.INVALID_ARGUMENT, "revision of auth store is old", AUTHENTICATE),
          new Row(Code.INVALID_ARGUMENT, "user name is empty", AUTHENTICATE),
          new Row(Code.INVALID_ARGUMENT, "authentication failed", AUTHENTICATE),
          new Row(Code.INVALID_ARGUMENT, "request is too large", TOO_LARGE),
          new Row(Code.INVALID_ARGUMENT, "too many operations", TOO_LARGE),
          new Row(Code.INVALID_ARGUMENT, "", BUG),
          new Row(Code.UNIMPLEMENTED, "", BUG),
          new Row(Code.OUT_OF_RANGE, "has been compacted", COMPACTED),
          new Row(Code.OUT_OF_RANGE, "future revision", COMPACTED),
          new Row(Code.OUT_OF_RANGE, "too large lease TTL", BUG),
          new Row(Code.NOT_FOUND, "lease not found", LEASE_ENDED),
          new Row(Code.RESOURCE_EXHAUSTED, "database space exceeded", FULL),
          // By the gRPC of etcd, about a request that it did not read.
          new Row(Code.RESOURCE_EXHAUSTED, "received message larger than max", TOO_LARGE),
          // By etcd before it proposes, because it applies too slowly.
          new Row(Code.RESOURCE_EXHAUSTED, "too many requests", ELSEWHERE),
          // By the gRPC of this side, about an answer: what was asked for has been done.
          new Row(Code.RESOURCE_EXHAUSTED, "exceeds maximum size", TOO_LARGE, OUTCOME_UNKNOWN),
          new Row(Code.FAILED_PRECONDITION, "not supported for learner", ELSEWHERE),
          new Row(Code.UNAVAILABLE, "not supported for learner", ELSEWHERE),
          // By the guard in front of all calls: metadata `hasleader`.
          new Row(Code.UNAVAILABLE, "no leader", ELSEWHERE));

  private static final Row OTHERWISE = new Row(Code.UNKNOWN, "", ELSEWHERE, OUTCOME_UNKNOWN);

  private EtcdFaults() {}

  /** What the end of a call means. */
  static Kind kindOf(Status status, Effect effect) {
    Row found = ROWS.stream().filter(row -> row.matches(status)).findFirst().orElse(OTHERWISE);
    return effect == Effect.WRITES ? found.ofWrite : found.ofRead;
  }

  /** What etcd's reason to cancel a watch means; it is text, with the status in it. */
  static Kind kindOfCancel(String reason, long compactRevision) {
    if (compactRevision != 0 || reason.contains("compacted")) {
      return COMPACTED;
    }
    boolean user =
        reason.contains("permission denied")
            || reason.contains("invalid auth token")
            || reason.contains("auth store is old")
            || reason.contains("user name is empty");
    return user ? AUTHENTICATE : ELSEWHERE;
  }

  /** What a call can do to the store. */
  enum Effect {
    /** Nothing, or nothing that it would not do a second time: it may be repeated. */
    REPEATABLE,
    WRITES,
    /** As WRITES, but the request has never been on the wire. */
    NOT_SENT
  }

  private record Row(Code code, String text, Kind ofRead, Kind ofWrite) {

    Row(Code code, String text, Kind kind) {
      this(code, text, kind, kind);
    }

    boolean matches(Status status) {
      String description = status.getDescription();
      return status.getCode() == code
          && (text.isEmpty() || (description != null && description.contains(text)));
    }
  }
}
