package io.datastored.service.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A refusal as a client catches it. Immutable. */
public record CaughtRefusal(Code code, Status status) {

  public static CaughtRefusal of(ThrowingCallable call) {
    return of(catchThrowableOfType(StatusRuntimeException.class, call));
  }

  public static CaughtRefusal of(StatusRuntimeException caught) {
    assertThat(caught).isNotNull();
    Status status = StatusProto.fromThrowable(caught);
    assertThat(status).isNotNull();
    return new CaughtRefusal(caught.getStatus().getCode(), status);
  }

  public ErrorInfo info() {
    return detail(ErrorInfo.class)
        .orElseThrow(() -> new AssertionError("no ErrorInfo in " + status));
  }

  public String reason() {
    return info().getReason();
  }

  /** Which fields of the request are said to be wrong. */
  public List<String> faultyFields() {
    return detail(BadRequest.class).orElseThrow().getFieldViolationsList().stream()
        .map(BadRequest.FieldViolation::getField)
        .toList();
  }

  public <M extends Message> Optional<M> detail(Class<M> type) {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(type)) {
        try {
          return Optional.of(detail.unpack(type));
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    return Optional.empty();
  }
}
