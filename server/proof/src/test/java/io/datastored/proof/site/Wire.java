package io.datastored.proof.site;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.rpc.ErrorInfo;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreConfigServiceGrpc.DatastoreConfigServiceBlockingStub;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceStub;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceBlockingStub;
import io.datastored.v1.Operation;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SessionServiceGrpc.SessionServiceBlockingStub;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A wire is a connection to a server by its socket, which outlives the server: it connects again to
 * the next one at the same place. Thread-safe.
 */
public final class Wire implements AutoCloseable {

  private final ManagedChannel channel;
  private final long callMillis;

  private Wire(ManagedChannel channel, long callMillis) {
    this.channel = channel;
    this.callMillis = callMillis;
  }

  /**
   * @param callMillis how long a call may take
   */
  public static Wire to(Path socket, long callMillis) {
    return new Wire(
        Grpc.newChannelBuilder("unix:" + socket, InsecureChannelCredentials.create()).build(),
        callMillis);
  }

  public DatastoreServiceBlockingStub datastores() {
    return DatastoreServiceGrpc.newBlockingStub(awake())
        .withDeadlineAfter(callMillis, TimeUnit.MILLISECONDS);
  }

  public DatastoreConfigServiceBlockingStub configurations() {
    return DatastoreConfigServiceGrpc.newBlockingStub(awake())
        .withDeadlineAfter(callMillis, TimeUnit.MILLISECONDS);
  }

  public SessionServiceBlockingStub sessions() {
    return SessionServiceGrpc.newBlockingStub(awake())
        .withDeadlineAfter(callMillis, TimeUnit.MILLISECONDS);
  }

  public MaintenanceServiceBlockingStub maintenance() {
    return maintenanceFor(callMillis);
  }

  /** Sets a mode, by its name in a history. */
  public SetMaintenanceModeResponse setMode(String datastore, String mode) {
    return maintenance()
        .setMaintenanceMode(
            SetMaintenanceModeRequest.newBuilder()
                .setDatastore(datastore)
                .setMode(MaintenanceMode.valueOf("MAINTENANCE_MODE_" + mode))
                .build());
  }

  public MaintenanceServiceBlockingStub maintenanceFor(long millis) {
    return MaintenanceServiceGrpc.newBlockingStub(awake())
        .withDeadlineAfter(millis, TimeUnit.MILLISECONDS);
  }

  /** For what has no end of its own. */
  public DatastoreServiceStub streams() {
    return DatastoreServiceGrpc.newStub(awake());
  }

  public ManagedChannel channel() {
    return channel;
  }

  /** A channel that backs off would fail calls for longer than the server is away. */
  private ManagedChannel awake() {
    channel.resetConnectBackoff();
    return channel;
  }

  /** What a refusal says about itself; empty when it is no refusal, but a lost answer. */
  public static Optional<ErrorInfo> refusal(StatusRuntimeException failure) {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    if (status == null) {
      return Optional.empty();
    }
    return status.getDetailsList().stream()
        .filter(detail -> detail.is(ErrorInfo.class))
        .findFirst()
        .map(Wire::errorInfo);
  }

  /** Its reason, or the name of the status when it is no refusal. */
  public static String reason(StatusRuntimeException failure) {
    return refusal(failure).map(ErrorInfo::getReason).orElse(failure.getStatus().getCode().name());
  }

  /** What a history says of it. */
  public static Object[] fields(String id, ErrorInfo refusal) {
    return new Object[] {
      "id",
      id,
      "reason",
      refusal.getReason(),
      "mode",
      refusal.getMetadataOrDefault("mode", ""),
      "generation",
      refusal.getMetadataOrDefault("generation", "")
    };
  }

  private static ErrorInfo errorInfo(Any detail) {
    try {
      return detail.unpack(ErrorInfo.class);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Duration millis(long millis) {
    return Durations.fromMillis(millis);
  }

  public static Operation operation(String word) {
    return Operation.valueOf("OPERATION_" + word);
  }

  public static long nanos(Duration duration) {
    return Durations.toNanos(duration);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
