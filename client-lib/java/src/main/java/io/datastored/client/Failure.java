package io.datastored.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.datastored.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.io.FileNotFoundException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * A failure is how a call has ended that brought no answer, or the answer no. Immutable.
 *
 * @param status as gRPC tells it
 * @param refusal the reason, if the server gave one
 * @param retryAfter when the server wants to be asked again
 */
record Failure(Status status, Optional<Refusal> refusal, Optional<Duration> retryAfter) {

  private static final String DOMAIN = "datastored";
  private static final String PREFIX = "ERROR_REASON_";

  static Failure of(Throwable error) {
    Status status = Status.fromThrowable(error);
    com.google.rpc.Status details = StatusProto.fromThrowable(error);
    if (details == null) {
      return new Failure(status, Optional.empty(), Optional.empty());
    }
    Optional<ErrorInfo> info = Optional.empty();
    Optional<Duration> retry = Optional.empty();
    for (Any detail : details.getDetailsList()) {
      try {
        if (detail.is(ErrorInfo.class)) {
          info =
              Optional.of(detail.unpack(ErrorInfo.class)).filter(i -> i.getDomain().equals(DOMAIN));
        } else if (detail.is(RetryInfo.class)) {
          retry = Optional.of(WireTimes.duration(detail.unpack(RetryInfo.class).getRetryDelay()));
        }
      } catch (InvalidProtocolBufferException e) {
        // A detail that cannot be read tells nothing; the status still does.
        continue;
      }
    }
    Optional<Duration> retryAfter = retry;
    return new Failure(
        status,
        info.map(
            i ->
                new Refusal(
                    reason(i.getReason()),
                    status.getCode(),
                    details.getMessage(),
                    i.getMetadataMap(),
                    retryAfter)),
        retryAfter);
  }

  private static ErrorReason reason(String word) {
    try {
      return ErrorReason.valueOf(PREFIX + word);
    } catch (IllegalArgumentException e) {
      return ErrorReason.ERROR_REASON_UNSPECIFIED;
    }
  }

  boolean is(ErrorReason reason) {
    return refusal.filter(r -> r.reason() == reason).isPresent();
  }

  /** Whether the next attempt may be answered: nobody has said no for good. */
  boolean isPassing() {
    return refusal.isEmpty()
        ? switch (status.getCode()) {
          case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN, INTERNAL -> true;
          default -> false;
        }
        : is(ErrorReason.ERROR_REASON_NOT_READY);
  }

  boolean isTimeOut() {
    return status.getCode() == Status.Code.DEADLINE_EXCEEDED;
  }

  /** For logs and messages. */
  String text() {
    return refusal.map(Refusal::text).orElseGet(this::statusText);
  }

  private String statusText() {
    var text = new StringBuilder(status.getCode().toString());
    String description = status.getDescription();
    if (description != null) {
      // What follows the first line is for people who debug gRPC.
      text.append(": ").append(description.lines().findFirst().orElse(""));
    }
    // The innermost cause says it: "Connection refused", "unable to find valid certification path".
    Throwable cause = status.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause != null) {
      text.append(" (").append(words(cause)).append(')');
    }
    return text.toString();
  }

  private static String words(Throwable cause) {
    if (cause.getMessage() != null) {
      return cause.getMessage();
    }
    // Netty says nothing else of a path where nobody listens.
    return cause instanceof FileNotFoundException ? "no such socket" : cause.toString();
  }

  /** Whether no connection can be made, because one side does not trust or understand the other. */
  boolean isDistrust() {
    return isCausedBy(SSLException.class) || isCausedBy(GeneralSecurityException.class);
  }

  /** Whether the server's name is not known; to a name server, which may be wrong for a while. */
  boolean isNameless() {
    return isCausedBy(UnknownHostException.class);
  }

  private boolean isCausedBy(Class<? extends Throwable> kind) {
    if (refusal.isPresent()) {
      return false;
    }
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  /** As gRPC tells it. */
  Exception toException() {
    return status.asException();
  }

  /** What its caller is told: the refusal, or that there was no answer. */
  DatastoredException exception() {
    return refusal
        .<DatastoredException>map(r -> new RefusedException(r, Origin.SERVER))
        .orElseGet(() -> new UnavailableException(text(), toException()));
  }
}
