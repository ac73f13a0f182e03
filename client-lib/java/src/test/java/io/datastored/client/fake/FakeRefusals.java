package io.datastored.client.fake;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.datastored.v1.Datastore;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.Operation;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.HashMap;
import java.util.Map;

/**
 * Fake refusals are errors as the contract defines them: a status with ErrorInfo, and RetryInfo if
 * it is UNAVAILABLE. Stateless.
 */
final class FakeRefusals {

  private FakeRefusals() {}

  static StatusRuntimeException of(
      ErrorReason reason,
      Status.Code code,
      String text,
      long generation,
      Map<String, String> facts) {
    Map<String, String> metadata = new HashMap<>(facts);
    metadata.put("generation", Long.toString(generation));
    var info =
        ErrorInfo.newBuilder()
            .setReason(reason.name().replace("ERROR_REASON_", ""))
            .setDomain("datastored")
            .putAllMetadata(metadata)
            .build();
    var status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(text)
            .addDetails(Any.pack(info));
    if (code == Status.Code.UNAVAILABLE) {
      status.addDetails(
          Any.pack(
              RetryInfo.newBuilder().setRetryDelay(Duration.newBuilder().setSeconds(1)).build()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  static StatusRuntimeException notFound(String name, long generation) {
    return of(
        ErrorReason.ERROR_REASON_DATASTORE_NOT_FOUND,
        Status.Code.NOT_FOUND,
        "no such datastore '" + name + "'",
        generation,
        Map.of("datastore", name));
  }

  static StatusRuntimeException underMaintenance(
      Datastore datastore, Operation operation, long generation) {
    return of(
        ErrorReason.ERROR_REASON_UNDER_MAINTENANCE,
        Status.Code.FAILED_PRECONDITION,
        "datastore '" + datastore.getName() + "' is under maintenance",
        generation,
        Map.of(
            "datastore", datastore.getName(),
            "operation", operation.name().replace("OPERATION_", ""),
            "mode", datastore.getMaintenance().getMode().name().replace("MAINTENANCE_MODE_", ""),
            "message", datastore.getMaintenance().getMessage(),
            "since", "",
            "expected_end", ""));
  }

  static StatusRuntimeException notMounted(Datastore datastore, long generation) {
    return of(
        ErrorReason.ERROR_REASON_NOT_MOUNTED,
        Status.Code.FAILED_PRECONDITION,
        "datastore '" + datastore.getName() + "' is not mounted",
        generation,
        Map.of(
            "datastore",
            datastore.getName(),
            "device",
            datastore.getSettings().getBackingDevice()));
  }

  static StatusRuntimeException sessionNotFound(boolean recovering, long generation) {
    return of(
        ErrorReason.ERROR_REASON_SESSION_NOT_FOUND,
        Status.Code.NOT_FOUND,
        "no such session",
        generation,
        Map.of("recovering", Boolean.toString(recovering)));
  }

  static StatusRuntimeException leaseEnded(String lease, String cause, long generation) {
    return of(
        ErrorReason.ERROR_REASON_LEASE_ENDED,
        Status.Code.ABORTED,
        "lease '" + lease + "' has ended (" + cause + ")",
        generation,
        Map.of("lease_id", lease, "cause", cause));
  }

  static StatusRuntimeException leaseIdReused(String lease, long generation) {
    return of(
        ErrorReason.ERROR_REASON_LEASE_ID_REUSED,
        Status.Code.ALREADY_EXISTS,
        "lease '" + lease + "' is held for something else",
        generation,
        Map.of("lease_id", lease));
  }

  static StatusRuntimeException notReady(String detail, long generation) {
    return of(
        ErrorReason.ERROR_REASON_NOT_READY,
        Status.Code.UNAVAILABLE,
        "not ready: " + detail,
        generation,
        Map.of());
  }
}
