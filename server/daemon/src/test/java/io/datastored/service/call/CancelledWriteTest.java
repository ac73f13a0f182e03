package io.datastored.service.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.Uninterruptibles;
import com.google.protobuf.FieldMask;
import io.datastored.access.Shares;
import io.datastored.config.DatastoreName;
import io.datastored.daemon.GrpcCleanup;
import io.datastored.daemon.InProcessDaemon;
import io.datastored.engine.Engine;
import io.datastored.engine.Intent;
import io.datastored.v1.CreateDatastoreRequest;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreSettings;
import io.datastored.v1.DeleteDatastoreRequest;
import io.datastored.v1.GetDatastoreRequest;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.UpdateDatastoreRequest;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A write whose client has gone while another is committed: it commits nothing, and its place, the
 * only one here, is free for the next call at once.
 */
final class CancelledWriteTest {
  private static final DatastoreName SLOW = DatastoreName.of("slow");
  private static final String CONFIG =
      """
      datastore: gone
      	maintenance-mode delete
      	path /srv/gone

      datastore: main
      	path /srv/main

      datastore: slow
      	path /srv/slow
      """;

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private InProcessDaemon daemon;
  private Thread committing;

  /** One call of each kind. */
  enum Call {
    CREATE {
      @Override
      ListenableFuture<?> begin(Channel channel) {
        return DatastoreConfigServiceGrpc.newFutureStub(channel)
            .createDatastore(
                CreateDatastoreRequest.newBuilder()
                    .setDatastore(
                        Datastore.newBuilder()
                            .setName("new")
                            .setSettings(DatastoreSettings.newBuilder().setPath("/srv/new")))
                    .build());
      }
    },
    UPDATE {
      @Override
      ListenableFuture<?> begin(Channel channel) {
        return DatastoreConfigServiceGrpc.newFutureStub(channel)
            .updateDatastore(
                UpdateDatastoreRequest.newBuilder()
                    .setDatastore(
                        Datastore.newBuilder()
                            .setName("main")
                            .setSettings(DatastoreSettings.newBuilder().setComment("changed")))
                    .setUpdateMask(FieldMask.newBuilder().addPaths("comment"))
                    .build());
      }
    },
    SET_MAINTENANCE {
      @Override
      ListenableFuture<?> begin(Channel channel) {
        return MaintenanceServiceGrpc.newFutureStub(channel).setMaintenanceMode(offline(false));
      }
    },
    VALIDATE {
      @Override
      ListenableFuture<?> begin(Channel channel) {
        return MaintenanceServiceGrpc.newFutureStub(channel).setMaintenanceMode(offline(true));
      }
    },
    OUT_OF_TIME {
      @Override
      ListenableFuture<?> begin(Channel channel) {
        return MaintenanceServiceGrpc.newFutureStub(channel)
            .withDeadlineAfter(500, TimeUnit.MILLISECONDS)
            .setMaintenanceMode(offline(false));
      }

      @Override
      void end(ListenableFuture<?> call) {
        await().until(call::isDone);
      }
    },
    DELETE {
      @Override
      ListenableFuture<?> begin(Channel channel) {
        return DatastoreConfigServiceGrpc.newFutureStub(channel)
            .deleteDatastore(DeleteDatastoreRequest.newBuilder().setName("gone").build());
      }
    };

    abstract ListenableFuture<?> begin(Channel channel);

    void end(ListenableFuture<?> call) {
      call.cancel(true);
    }

    private static SetMaintenanceModeRequest offline(boolean validateOnly) {
      return SetMaintenanceModeRequest.newBuilder()
          .setDatastore("main")
          .setMode(MaintenanceMode.MAINTENANCE_MODE_OFFLINE)
          .setValidateOnly(validateOnly)
          .build();
    }
  }

  @BeforeEach
  void start() throws Exception {
    daemon =
        InProcessDaemon.start(
            cleanup,
            directory,
            CONFIG,
            options -> {
              options.calls.threads = 1;
              options.calls.onDisk = 10;
              options.calls.share = Shares.WHOLE;
            });
    committing = new Thread(this::commitSlowly);
    committing.start();
    entered.await();
  }

  private void commitSlowly() {
    var unused =
        daemon
            .engine()
            .update(
                SLOW,
                Optional.empty(),
                settings -> {
                  entered.countDown();
                  Uninterruptibles.awaitUninterruptibly(ended);
                  return settings.toBuilder().comment(Optional.of("slow")).build();
                },
                Intent.COMMIT);
  }

  @AfterEach
  void stop() throws InterruptedException {
    ended.countDown();
    committing.join();
    daemon.close();
  }

  @ParameterizedTest
  @EnumSource(Call.class)
  void write_clientGoesWhileItWaits_commitsNothingAndFreesItsPlace(Call kind) throws Exception {
    ManagedChannel channel = daemon.channel();
    ListenableFuture<?> call = kind.begin(channel);
    await().until(() -> waits() || call.isDone());

    kind.end(call);

    // Answered by the one thread while the other write is being committed still.
    var main =
        DatastoreConfigServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .getDatastore(GetDatastoreRequest.newBuilder().setName("main").build());
    assertThat(main.getDatastore().getMaintenance().getMode())
        .isEqualTo(MaintenanceMode.MAINTENANCE_MODE_NONE);
    assertThat(committing.isAlive()).isTrue();
    ended.countDown();
    committing.join();
    assertThat(Files.readString(daemon.configFile()))
        .isEqualTo(CONFIG.replace("slow\n\tpath", "slow\n\tcomment slow\n\tpath"));
  }

  /** Whether the thread of calls is in the engine. */
  private static boolean waits() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().startsWith("datastored-operator-call-"))
        .flatMap(thread -> Arrays.stream(thread.getValue()))
        .anyMatch(frame -> frame.getClassName().equals(Engine.class.getName()));
  }
}
