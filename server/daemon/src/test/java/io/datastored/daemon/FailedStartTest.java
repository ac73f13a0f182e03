package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.io.Closer;
import io.datastored.access.Access;
import io.datastored.access.AuditTrail;
import io.datastored.testkit.ManualTicker;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that fails leaves nothing running. */
final class FailedStartTest {
  @TempDir Path directory;

  @Test
  void assemble_failsWhenItListensAlready_listensNoMore() throws Exception {
    Files.writeString(directory.resolve("datastore.cfg"), "datastore: main\n\tpath /srv/main\n");
    var chosen =
        new DaemonOptions.Builder(
            directory.resolve("datastore.cfg"), Files.createDirectory(directory.resolve("state")));
    chosen.engine.runDirectory = Optional.of(directory.resolve("run"));
    DaemonOptions options = chosen.build();
    var listening = new AtomicReference<Server>();
    ManualTicker breaking = new ManualTicker();
    breaking.atEachReading(
        () -> {
          if (listening.get() != null) {
            throw new IllegalStateException("after the start of the network");
          }
        });
    try (Closer rooms = Closer.create()) {
      Backing files = FileBacking.open(options, Environment.system(), rooms);
      Threads threads = Threads.of(options.calls());
      rooms.register(threads::close);

      assertThatThrownBy(
              () ->
                  Daemon.assemble(
                      files,
                      options,
                      new Environment(breaking, InstantSource.system(), new SecureRandom()),
                      threads,
                      new Guards(Access.nothing(), AuditTrail.NONE, Optional.empty()),
                      (everywhere, localOnly) -> {
                        Server server =
                            InProcessServerBuilder.forName(InProcessServerBuilder.generateName())
                                .directExecutor()
                                .build();
                        try {
                          listening.set(server.start());
                        } catch (java.io.IOException e) {
                          throw new AssertionError(e);
                        }
                        return new Listeners(List.of(Listener.of(server)));
                      },
                      rooms))
          .hasMessageContaining("after the start");
    }
    assertThat(listening.get().isShutdown()).isTrue();
  }
}
