package io.datastored.cli.demo;

import com.google.protobuf.FieldMask;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.ErrorMessage;
import io.datastored.cli.view.ExitStatus;
import io.datastored.client.DatastoredClient;
import io.datastored.client.ServerStreams;
import io.datastored.v1.ConfigFault;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.Operation;
import io.datastored.v1.OperationCounts;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.Revision;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.UpdateDatastoreRequest;
import io.grpc.StatusRuntimeException;
import java.util.Optional;

/** A demo client makes the calls of the demo. Confined to the demo's thread. */
final class DemoClient {

  private final Connection connection;

  DemoClient(Connection connection) {
    this.connection = connection;
  }

  /** Takes a lease; {@link #release} gives it back. */
  LookupResponse take(String datastore, Operation operation) {
    return connection
        .datastores()
        .lookup(
            LookupRequest.newBuilder()
                .setDatastore(datastore)
                .setOperation(operation)
                .setPurpose("demo")
                .build());
  }

  void release(LookupResponse granted) {
    connection
        .datastores()
        .release(ReleaseRequest.newBuilder().setLeaseId(granted.getLease().getLeaseId()).build());
  }

  /** The sentence of the refusal; empty if the operation would be granted. */
  Optional<String> refusal(String datastore, Operation operation) {
    try {
      connection
          .datastores()
          .lookup(
              LookupRequest.newBuilder()
                  .setDatastore(datastore)
                  .setOperation(operation)
                  .setValidateOnly(true)
                  .build());
      return Optional.empty();
    } catch (StatusRuntimeException e) {
      ErrorMessage explanation = ErrorMessage.of(connection.server(), e);
      if (explanation.error().exitStatus() != ExitStatus.NO) {
        throw explanation.asFailure();
      }
      return Optional.of(explanation.sentence());
    }
  }

  LookupResponse look(String datastore) {
    return take(datastore, Operation.OPERATION_LOOKUP);
  }

  OperationCounts operations(String datastore) {
    return status(datastore).getOperations();
  }

  Optional<ConfigFault> fault(String datastore) {
    DatastoreStatus status = status(datastore);
    return status.hasConfigFault() ? Optional.of(status.getConfigFault()) : Optional.empty();
  }

  private DatastoreStatus status(String datastore) {
    return connection
        .datastores()
        .status(StatusRequest.newBuilder().setDatastore(datastore).build())
        .getDatastores(0);
  }

  Revision comment(String datastore, String comment) {
    return connection
        .configurations()
        .updateDatastore(
            UpdateDatastoreRequest.newBuilder()
                .setDatastore(
                    Datastore.newBuilder()
                        .setName(datastore)
                        .setSettings(DatastoreSettings.newBuilder().setComment(comment)))
                .setUpdateMask(FieldMask.newBuilder().addPaths("comment"))
                .build())
        .getRevision();
  }

  SetMaintenanceModeResponse mode(String datastore, MaintenanceMode mode, String message) {
    return connection
        .maintenance()
        .setMaintenanceMode(
            SetMaintenanceModeRequest.newBuilder()
                .setDatastore(datastore)
                .setMode(mode)
                .setMessage(message)
                .build());
  }

  /** What would be in the way of a mode. */
  SetMaintenanceModeResponse wouldBe(String datastore, MaintenanceMode mode) {
    return connection
        .maintenance()
        .setMaintenanceMode(
            SetMaintenanceModeRequest.newBuilder()
                .setDatastore(datastore)
                .setMode(mode)
                .setValidateOnly(true)
                .build());
  }

  /** A drain of the current mode of the datastore. */
  DemoStream<DrainResponse> drain(Datastore datastore) {
    ServerStreams server = connection.streams();
    DrainRequest request =
        DrainRequest.newBuilder()
            .setDatastore(datastore.getName())
            .setEtag(datastore.getEtag())
            .build();
    return DemoStream.start(
        "drain", received -> received.accept(server.drain(request, received::accept)));
  }

  /** A program that uses the client library, with its own session. */
  DatastoredClient program(String name) {
    return DatastoredClient.create(connection.client(name).build()).start();
  }
}
