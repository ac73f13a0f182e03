package io.datastored.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.base.Ticker;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineOptions;
import io.datastored.engine.health.PeriodicTask;
import io.datastored.service.call.ServerLife;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service manager hears that the server is ready, what it serves, and that it is alive. */
final class NotifySocketTest {

  private static final long PID = 42;

  @TempDir Path directory;

  private final ServerLife life = new ServerLife("1", Ticker.systemTicker(), Optional::empty);
  private final List<String> heard = new ArrayList<>();
  private volatile boolean again;
  private Engine engine;
  private Socket socket;

  @BeforeEach
  void open() throws Exception {
    Epoll.ensureAvailability();
    Files.writeString(config(), "datastore: main\n\tpath /srv/main\n");
    engine = Engine.open(EngineOptions.of(config(), directory.resolve("state"), options -> {}));
    socket = Socket.newSocketDomainDgram();
    life.serving();
  }

  @AfterEach
  void close() throws Exception {
    socket.close();
    engine.close();
  }

  private Path config() {
    return directory.resolve("datastore.cfg");
  }

  private Closeable serving(Map<String, String> environment) {
    return NotifySocket.of(environment, PID).serving(engine, life, () -> again);
  }

  /** Listens on a path of the file system. */
  private Map<String, String> listening(String watchdog) throws Exception {
    Path path = directory.resolve("notify");
    socket.bind(new DomainSocketAddress(path.toFile()));
    return Map.of("NOTIFY_SOCKET", path.toString(), "WATCHDOG_USEC", watchdog);
  }

  /** All messages so far. */
  private List<String> heard() throws Exception {
    ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
    for (var from = socket.recvFromDomainSocket(buffer, 0, buffer.capacity());
        from != null;
        from = socket.recvFromDomainSocket(buffer, 0, buffer.capacity())) {
      byte[] bytes = new byte[from.receivedAmount()];
      buffer.duplicate().position(0).get(bytes);
      heard.add(new String(bytes, UTF_8));
    }
    return heard;
  }

  @Test
  void server_saysThatItIsReady_whatItServes_andThatItStops() throws Exception {
    try (Closeable serving = serving(listening(""))) {
      assertThat(heard())
          .containsExactly(
              "READY=1\nSTATUS=serves 1 datastore, revision " + engine.snapshot().revision());
      Files.writeString(
          config(), "datastore: other\n\tpath /srv/other\n\n", StandardOpenOption.APPEND);
      await()
          .untilAsserted(
              () ->
                  assertThat(heard()).anyMatch(it -> it.startsWith("STATUS=serves 2 datastores")));
      assertThat(heard()).noneMatch(it -> it.contains("WATCHDOG"));
      life.stopping();
      serving.close();
    }
    assertThat(heard()).last().isEqualTo("STOPPING=1\nSTATUS=finishing the calls in flight");
  }

  /** After STOPPING, systemd would not take READY from the next one. */
  @Test
  void server_thatIsFollowedByAnother_saysThatItReloads() throws Exception {
    again = true;
    try (Closeable serving = serving(listening(""))) {
      life.stopping();
      serving.close();
    }
    assertThat(heard())
        .last()
        .asString()
        .matches("RELOADING=1\nMONOTONIC_USEC=\\d+\nSTATUS=begins again with another history");
  }

  @Test
  void watchdog_isFed_untilATaskHangs() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    try (Closeable serving = serving(listening("20000"))) {
      await()
          .untilAsserted(
              () -> assertThat(heard()).filteredOn("WATCHDOG=1"::equals).hasSizeGreaterThan(3));
      engine
          .tasks()
          .start(
              "test",
              Duration.ofMillis(1),
              Duration.ofMillis(1),
              PeriodicTask.Need.TO_SERVE,
              hangs::await);
      await().until(() -> !engine.tasks().stalledNow().isEmpty());
      heard();
      // One message may have been on its way.
      await().during(Duration.ofMillis(300)).until(() -> fedSince() <= 1);
    } finally {
      hangs.countDown();
    }
  }

  private int before = -1;

  private long fedSince() throws Exception {
    if (before < 0) {
      before = heard().size();
    }
    return heard().subList(before, heard.size()).stream().filter("WATCHDOG=1"::equals).count();
  }

  @Test
  void watchdog_ofAnotherProcess_isNotFed() throws Exception {
    Map<String, String> environment = new HashMap<>(listening("20000"));
    environment.put("WATCHDOG_PID", "43");
    try (Closeable serving = serving(environment)) {
      life.stopping();
      serving.close();
      assertThat(heard()).hasSize(2).noneMatch("WATCHDOG=1"::equals);
    }
  }

  @Test
  void reload_beginsWithATime_andEnds() throws Exception {
    NotifySocket manager = NotifySocket.of(listening(""), PID);
    manager.reloading();
    manager.ready();
    assertThat(heard()).hasSize(2).last().isEqualTo("READY=1");
    assertThat(heard()).first().asString().matches("RELOADING=1\nMONOTONIC_USEC=\\d+");
    NotifySocket.of(Map.of(), PID).reloading();
  }

  @Test
  void withoutAManager_nothingIsSent() throws Exception {
    for (String none : new String[] {"", "relative", "vsock:2:1"}) {
      Closeable nothing = serving(Map.of("NOTIFY_SOCKET", none));
      nothing.close();
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("datastored-notify"));
  }
}
