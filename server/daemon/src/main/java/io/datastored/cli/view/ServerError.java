package io.datastored.cli.view;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.datastored.client.DatastoredException;
import io.datastored.client.RefusedException;
import io.datastored.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A server error is the reason why a call failed, read from the details of its status and never
 * from its text. Immutable.
 *
 * @param code the status code
 * @param reason empty if the error does not come from a datastored, or from a later version
 * @param metadata the metadata of the reason
 * @param retryAfter the delay before a retry that the server asks for
 * @param violations one sentence per invalid field of the request
 * @param text the status text, for people
 */
public record ServerError(
    Status.Code code,
    Optional<ErrorReason> reason,
    ImmutableMap<String, String> metadata,
    Optional<Duration> retryAfter,
    ImmutableList<String> violations,
    String text) {

  private static final String DOMAIN = "datastored";

  public static ServerError of(Throwable failure) {
    Status status = Status.fromThrowable(failure);
    com.google.rpc.Status rich = StatusProto.fromThrowable(failure);
    var details =
        rich == null ? ImmutableList.<Any>of() : ImmutableList.copyOf(rich.getDetailsList());
    Optional<ErrorInfo> info =
        detail(details, ErrorInfo.class).filter(found -> found.getDomain().equals(DOMAIN));
    return new ServerError(
        status.getCode(),
        info.flatMap(found -> reason(found.getReason())),
        info.map(found -> ImmutableMap.copyOf(found.getMetadataMap())).orElse(ImmutableMap.of()),
        detail(details, RetryInfo.class)
            .map(found -> Duration.ofMillis(Durations.toMillis(found.getRetryDelay()))),
        detail(details, BadRequest.class).map(ServerError::sentences).orElse(ImmutableList.of()),
        text(status));
  }

  /** The error for a failed call of the client library. */
  public static ServerError of(DatastoredException failure) {
    if (failure instanceof RefusedException refused) {
      return new ServerError(
          refused.code(),
          Optional.of(refused.reason()),
          ImmutableMap.copyOf(refused.metadata()),
          refused.retryAfter(),
          ImmutableList.of(),
          String.valueOf(refused.getMessage()));
    }
    return failure.getCause() == null
        ? ofTransport(Status.Code.DEADLINE_EXCEEDED)
        : of(failure.getCause());
  }

  /** The error for a possible refusal, as Status reports it. */
  public static ServerError of(ErrorInfo info) {
    return new ServerError(
        Status.Code.FAILED_PRECONDITION,
        reason(info.getReason()),
        ImmutableMap.copyOf(info.getMetadataMap()),
        Optional.empty(),
        ImmutableList.of(),
        "");
  }

  /** The error for a lease that has ended. */
  public static ServerError ofLease(String id, String cause) {
    return new ServerError(
        Status.Code.ABORTED,
        Optional.of(ErrorReason.ERROR_REASON_LEASE_ENDED),
        ImmutableMap.of("lease_id", id, "cause", cause),
        Optional.empty(),
        ImmutableList.of(),
        "");
  }

  private static ServerError ofTransport(Status.Code code) {
    return new ServerError(
        code, Optional.empty(), ImmutableMap.of(), Optional.empty(), ImmutableList.of(), "");
  }

  /** The value of a metadata key; empty if it is absent or empty. */
  Optional<String> about(String key) {
    return Optional.ofNullable(metadata.get(key)).filter(value -> !value.isEmpty());
  }

  /** Whether no server can be reached at that address. */
  public boolean isUnreachable() {
    return code == Status.Code.UNAVAILABLE && isOfTheTransport();
  }

  /** Whether the same call may succeed shortly afterwards. */
  boolean isTransient() {
    return code == Status.Code.UNAVAILABLE
        || code == Status.Code.DEADLINE_EXCEEDED
        || code == Status.Code.RESOURCE_EXHAUSTED;
  }

  /** Whether something other than a datastored ended the call: a broken connection, a proxy. */
  boolean isOfTheTransport() {
    return reason.isEmpty();
  }

  /** Whether the request itself is invalid: the fault is not in a line of the file. */
  boolean isAboutTheRequest() {
    return code == Status.Code.INVALID_ARGUMENT && about("line").orElse("0").equals("0");
  }

  public ExitStatus exitStatus() {
    if (isAboutTheRequest()) {
      return ExitStatus.USAGE;
    }
    return reason.map(ServerError::exitStatus).orElseGet(() -> exitStatus(code));
  }

  private static ExitStatus exitStatus(ErrorReason reason) {
    return switch (reason) {
      case ERROR_REASON_INVALID_REQUEST -> ExitStatus.USAGE;
      case ERROR_REASON_DATASTORE_NOT_FOUND,
          ERROR_REASON_DATASTORE_EXISTS,
          ERROR_REASON_UNDER_MAINTENANCE,
          ERROR_REASON_NOT_MOUNTED,
          ERROR_REASON_CONFIG_INVALID,
          ERROR_REASON_ETAG_MISMATCH,
          ERROR_REASON_MODE_CHANGE_REFUSED,
          ERROR_REASON_NOT_UNDER_MAINTENANCE,
          ERROR_REASON_DATASTORE_IN_USE,
          ERROR_REASON_SESSION_NOT_FOUND,
          ERROR_REASON_LEASE_ENDED,
          ERROR_REASON_LEASE_ID_REUSED,
          ERROR_REASON_WRONG_INCARNATION,
          ERROR_REASON_PERMISSION_DENIED,
          ERROR_REASON_UNAUTHENTICATED ->
          ExitStatus.NO;
      case ERROR_REASON_QUOTA_EXCEEDED,
          ERROR_REASON_NOT_READY,
          ERROR_REASON_STORE_UNAVAILABLE,
          ERROR_REASON_OUTCOME_UNKNOWN,
          ERROR_REASON_UNSPECIFIED,
          UNRECOGNIZED ->
          ExitStatus.SERVER_ERROR;
    };
  }

  /** Without a known reason, the error comes from the transport or a later version. */
  private static ExitStatus exitStatus(Status.Code code) {
    return switch (code) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> ExitStatus.UNREACHABLE;
      case FAILED_PRECONDITION, NOT_FOUND, ALREADY_EXISTS, ABORTED -> ExitStatus.NO;
      case INVALID_ARGUMENT, OUT_OF_RANGE -> ExitStatus.USAGE;
      case OK,
          UNKNOWN,
          PERMISSION_DENIED,
          RESOURCE_EXHAUSTED,
          UNIMPLEMENTED,
          INTERNAL,
          DATA_LOSS,
          UNAUTHENTICATED ->
          ExitStatus.SERVER_ERROR;
    };
  }

  /** The causes have more detail than "io exception", the transport's only description. */
  private static String text(Status status) {
    return Stream.iterate(status.getCause(), Objects::nonNull, Throwable::getCause)
        .map(Throwable::getMessage)
        .filter(message -> message != null && !message.isBlank())
        .findFirst()
        .map(Labels::withoutNativeCall)
        .or(() -> Optional.ofNullable(status.getDescription()))
        .orElse("");
  }

  private static Optional<ErrorReason> reason(String name) {
    try {
      return Optional.of(ErrorReason.valueOf("ERROR_REASON_" + name));
    } catch (IllegalArgumentException laterVersion) {
      return Optional.empty();
    }
  }

  private static ImmutableList<String> sentences(BadRequest request) {
    return request.getFieldViolationsList().stream()
        .map(violation -> sentence(violation.getField(), violation.getDescription()))
        .collect(ImmutableList.toImmutableList());
  }

  /** Some descriptions already name their property; it is not repeated. */
  private static String sentence(String field, String description) {
    String property = field.substring(field.lastIndexOf('.') + 1);
    return description.startsWith(property) || description.startsWith(property.replace('_', '-'))
        ? description
        : field + ": " + description;
  }

  private static <M extends Message> Optional<M> detail(ImmutableList<Any> details, Class<M> type) {
    for (Any detail : details) {
      if (detail.is(type)) {
        try {
          return Optional.of(detail.unpack(type));
        } catch (InvalidProtocolBufferException unreadable) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
