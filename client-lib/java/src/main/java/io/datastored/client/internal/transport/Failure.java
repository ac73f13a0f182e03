package io.datastored.client.internal.transport;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.datastored.client.DatastoredException;
import io.datastored.client.Origin;
import io.datastored.client.Refusal;
import io.datastored.client.RefusedException;
import io.datastored.client.UnavailableException;
import io.datastored.client.internal.loop.WireTimes;
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
 * A failure is the end of a call that was refused or not answered. Immutable.
 *
 * @param status gRPC status of the call
 * @param refusal refusal by the server, if it sent one
 * @param retryAfter delay before a retry, if the server asks for one
 */
public record Failure(Status status, Optional<Refusal> refusal, Optional<Duration> retryAfter) {

  private static final String DOMAIN = "datastored";
  private static final String PREFIX = "ERROR_REASON_";

  public static Failure of(Throwable error) {
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
        // An unreadable detail is ignored; the status is still usable.
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

  public boolean is(ErrorReason reason) {
    return refusal.filter(r -> r.reason() == reason).isPresent();
  }

  /** Whether another attempt may succeed: the failure is transient. */
  public boolean isTransient() {
    return refusal.isEmpty()
        ? switch (status.getCode()) {
          case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN, INTERNAL -> true;
          default -> false;
        }
        : is(ErrorReason.ERROR_REASON_NOT_READY);
  }

  /** Whether the server was not reached, or the connection to it was lost. */
  public boolean isUnavailable() {
    return refusal.isEmpty() && status.getCode() == Status.Code.UNAVAILABLE;
  }

  /** Whether the server has answered that it can promise nothing now. */
  public boolean isNotReady() {
    return is(ErrorReason.ERROR_REASON_NOT_READY);
  }

  /**
   * Whether the server has answered, and another one of the same history may answer otherwise: its
   * connection to their store, its rules, its quotas and its view of who the client is are its own.
   */
  public boolean mayDifferElsewhere() {
    return isNotReady() || isDenied() || isUnauthenticated() || isOverQuota();
  }

  /** Whether the rules of the server do not allow it. */
  public boolean isDenied() {
    return status.getCode() == Status.Code.PERMISSION_DENIED;
  }

  /** Whether a limit of the server is reached. */
  public boolean isOverQuota() {
    return is(ErrorReason.ERROR_REASON_QUOTA_EXCEEDED);
  }

  /** Whether the server does not know the session, as it has been restarted. */
  public boolean isRecovering() {
    return refusal.filter(r -> "true".equals(r.metadata().get("recovering"))).isPresent();
  }

  /**
   * The same for a client whose credentials the server has accepted before: if it does not accept
   * them any more, they have run out, and there may be fresh ones for the next attempt.
   */
  public boolean isTransientOnceAccepted() {
    return isTransient() || isUnauthenticated();
  }

  /** Whether the server does not accept the client's credentials. */
  public boolean isUnauthenticated() {
    return status.getCode() == Status.Code.UNAUTHENTICATED;
  }

  boolean isTimeOut() {
    return status.getCode() == Status.Code.DEADLINE_EXCEEDED;
  }

  /** The failure in words, for logs and messages. */
  public String text() {
    return refusal.map(Refusal::text).orElseGet(this::statusText);
  }

  private String statusText() {
    var text = new StringBuilder(status.getCode().toString());
    String description = status.getDescription();
    if (description != null) {
      // The lines after the first are for debugging gRPC.
      text.append(": ").append(description.lines().findFirst().orElse(""));
    }
    // The innermost cause is the useful one: "Connection refused", "unable to find valid
    // certification path".
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
    // Netty reports nothing else for a socket path on which no server listens.
    return cause instanceof FileNotFoundException ? "no such socket" : cause.toString();
  }

  /** Whether the TLS handshake failed: one side does not trust or understand the other. */
  boolean isUntrusted() {
    return isCausedBy(SSLException.class) || isCausedBy(GeneralSecurityException.class);
  }

  /**
   * Whether the server's host name could not be resolved. The name server may be wrong for a while.
   */
  boolean isUnresolved() {
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

  /** The gRPC status as an exception. */
  public Exception toException() {
    return status.asException();
  }

  /** The exception for the caller: the refusal, or that there was no answer. */
  public DatastoredException exception() {
    return refusal
        .<DatastoredException>map(r -> new RefusedException(r, Origin.SERVER))
        .orElseGet(() -> new UnavailableException(text(), toException()));
  }
}
