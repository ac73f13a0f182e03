package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.FieldMask;
import io.datastored.config.DatastoreName;
import io.datastored.operation.OperationCounts;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.Lease;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.UpdateDatastoreRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A lease is continued where it was granted, whoever moved its datastore, and whenever. */
final class MovedDatastoreTest {
  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final DatastoreName OTHER = DatastoreName.of("other");

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;
  private InProcessDaemon daemon;
  private Lease lease;

  @BeforeEach
  void grant() throws Exception {
    daemon = InProcessDaemon.start(cleanup, directory, main("/srv/old"));
    lease = datastores().lookup(ask().setPurpose("backup").build()).getLease();
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void movedByACall_thenRestarted() throws Exception {
    var moved =
        DatastoreConfigServiceGrpc.newBlockingStub(daemon.channel())
            .updateDatastore(
                UpdateDatastoreRequest.newBuilder()
                    .setDatastore(
                        Datastore.newBuilder()
                            .setName("main")
                            .setSettings(DatastoreSettings.newBuilder().setPath("/srv/new")))
                    .setUpdateMask(FieldMask.newBuilder().addPaths("path"))
                    .build());
    assertThat(moved.getDatastore().getSettings().getPath()).isEqualTo("/srv/new");
    restart(Files.readString(daemon.configFile()) + "\n" + other("/srv/old"));
    assertContinuedOnTheOldPath();
  }

  @Test
  void movedByAnEdit_whileTheServerWasDown() throws Exception {
    restart(main("/srv/new") + "\n" + other("/srv/old"));
    assertContinuedOnTheOldPath();
  }

  @Test
  void removedAndMadeAgainElsewhere_whileTheServerWasDownTwice() throws Exception {
    restart(other("/srv/old"));
    restart(other("/srv/old") + "\n" + main("/srv/new"));
    assertContinuedOnTheOldPath();
  }

  @Test
  void notMoved_countsAsBefore() throws Exception {
    restart(main("/srv/old") + "\n" + other("/srv/other"));
    resume();
    assertThat(daemon.engine().operations(OTHER)).isEqualTo(new OperationCounts(0, 0));
    assertThat(daemon.engine().operations(MAIN)).isEqualTo(new OperationCounts(0, 1));
  }

  private void assertContinuedOnTheOldPath() {
    resume();
    assertThat(daemon.engine().operations(OTHER))
        .as("what is configured on the old path must not be drained")
        .isEqualTo(new OperationCounts(0, 1));
    assertThat(daemon.engine().operations(MAIN)).isEqualTo(new OperationCounts(0, 1));

    assertThat(
            datastores()
                .release(ReleaseRequest.newBuilder().setLeaseId("l-1").build())
                .getReleased())
        .isTrue();
    assertThat(daemon.engine().operations(OTHER)).isEqualTo(new OperationCounts(0, 0));
  }

  private void resume() {
    var unused =
        datastores()
            .lookup(
                ask()
                    .setHeldFencingToken(lease.getFencingToken())
                    .setContinuation(lease.getContinuation())
                    .build());
  }

  private LookupRequest.Builder ask() {
    return LookupRequest.newBuilder()
        .setDatastore("main")
        .setOperation(Operation.OPERATION_WRITE)
        .setLeaseId("l-1");
  }

  private DatastoreServiceGrpc.DatastoreServiceBlockingStub datastores() {
    return DatastoreServiceGrpc.newBlockingStub(daemon.channel());
  }

  private void restart(String config) throws Exception {
    daemon.close();
    daemon = InProcessDaemon.start(cleanup, directory, config);
  }

  private static String main(String path) {
    return "datastore: main\n\tpath " + path + "\n";
  }

  private static String other(String path) {
    return "datastore: other\n\tpath " + path + "\n";
  }
}
