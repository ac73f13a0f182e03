package io.datastored.service.wire;

import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/**
 * A refusal is the status of a call that is not granted. Immutable. It carries no stack trace: it
 * is an answer that may be sent millions of times and not a bug.
 */
public final class Refusal extends StatusRuntimeException {
  private static final long serialVersionUID = 1;

  private Refusal(StatusRuntimeException status) {
    super(status.getStatus(), status.getTrailers());
  }

  static Refusal of(com.google.rpc.Status status) {
    return new Refusal(StatusProto.toStatusRuntimeException(status));
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
