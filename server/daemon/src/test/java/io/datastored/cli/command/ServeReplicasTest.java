package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.datastored.cli.BackgroundCommand;
import io.datastored.cli.Shell;
import io.datastored.client.ClientOptions;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Handle;
import io.datastored.client.Operation;
import io.datastored.etcd.testkit.EtcdCluster;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that share a history, as an operator starts and stops them. */
@Tag("etcd")
final class ServeReplicasTest {

  private static final Pattern ADDRESS = Pattern.compile(" on (127\\.0\\.0\\.1:\\d+)");
  private static final AtomicInteger HISTORIES = new AtomicInteger();

  private static EtcdCluster etcd;

  @TempDir Path directory;

  private final String prefix = "/datastored/serve-" + HISTORIES.incrementAndGet() + "/";
  private Path config;

  @BeforeAll
  static void startEtcd(@TempDir Path data) throws Exception {
    etcd = EtcdCluster.start(data, 1);
  }

  @AfterAll
  static void stopEtcd() throws Exception {
    etcd.close();
  }

  @BeforeEach
  void writeConfig() throws Exception {
    config =
        Files.writeString(
            directory.resolve("datastore.cfg"),
            "datastore: main\n\tpath %s\n"
                .formatted(Files.createDirectories(directory.resolve("main"))));
  }

  private Shell shell() {
    return new Shell()
        .with("DATASTORED_ETCD_ENDPOINTS", etcd.targets().get(0))
        .with("DATASTORED_ETCD_PREFIX", prefix);
  }

  private void moveToEtcd() {
    Shell.Result moved =
        shell().run("cluster", "init", "--new-history", "--from", config.toString());
    assertThat(moved.status()).as(moved.err()).isZero();
  }

  private String[] replica(String name, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "serve",
                "--etcd-endpoints=" + etcd.targets().get(0),
                "--etcd-prefix=" + prefix,
                "--replica-name=" + name,
                "--replica-ttl=5s",
                "--state-dir=" + directory.resolve(name),
                "--listen=127.0.0.1:0",
                "--admin-listen=none",
                "--open",
                "--grace=2s"));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  private static String addressOf(BackgroundCommand server) {
    server.awaitOut(", revision ");
    Matcher address = ADDRESS.matcher(server.out());
    assertThat(address.find()).as(server.out()).isTrue();
    return address.group(1);
  }

  @Test
  void replica_isReady_whenItPromises_andSeesWhatAnotherHasSet() {
    moveToEtcd();
    try (var one = new BackgroundCommand(replica("one"));
        var two = new BackgroundCommand(replica("two"))) {
      String first = addressOf(one);
      String second = addressOf(two);
      assertThat(one.out().lines()).hasSize(1);
      assertThat(one.out()).contains("serves 1 datastore of etcd %s at http://".formatted(prefix));
      // Ready, so it grants without being asked twice.
      assertThat(new Shell().run("lookup", "main", "write", "--server", first).status()).isZero();

      Shell.Result set =
          new Shell()
              .run("maintenance", "set", "main", "read-only", "--message=audit", "--server", first);
      assertThat(set.status()).as(set.err()).isZero();
      await()
          .untilAsserted(
              () ->
                  assertThat(new Shell().run("lookup", "main", "write", "--server", second).err())
                      .contains("maintenance mode read-only \"audit\""));

      assertThat(one.stop()).isZero();
      Shell.Result elsewhere = new Shell().run("lookup", "main", "--server", first + "," + second);
      assertThat(elsewhere.status()).as(elsewhere.err()).isZero();
    }
  }

  @Test
  void stateDirectoryOfAServerOnFiles_isRefused_untilItsHistoryIsMoved() {
    Path state = directory.resolve("one");
    try (var server =
        new BackgroundCommand(
            "serve",
            "--config=" + config,
            "--state-dir=" + state,
            "--run-dir=" + directory.resolve("run"),
            "--listen=127.0.0.1:0",
            "--admin-listen=none",
            "--open")) {
      String unused = addressOf(server);
      assertThat(server.stop()).isZero();
    }
    Shell.Result refused = new Shell().run(replica("one"));
    assertThat(refused.status()).isEqualTo(5);
    assertThat(refused.err())
        .contains("belongs to a server on files")
        .contains("datastored cluster init --from FILE --state-dir " + state);

    Shell.Result moved =
        shell()
            .run("cluster", "init", "--from", config.toString(), "--state-dir", state.toString());
    assertThat(moved.status()).as(moved.err()).isZero();
    try (var server = new BackgroundCommand(replica("one"))) {
      String unused = addressOf(server);
      assertThat(server.stop()).isZero();
    }
  }

  @Test
  void etcdThatDoesNotAnswer_isAStatusWithWhichAServiceManagerTriesAgain() {
    String[] args = replica("one", "--etcd-request-timeout=200ms");
    args[1] = "--etcd-endpoints=127.0.0.1:1";
    Shell.Result refused = new Shell().run(args);
    assertThat(refused.status()).as(refused.err()).isEqualTo(3);
    assertThat(refused.err()).contains("127.0.0.1:1");
  }

  @Test
  void prefixWithoutAHistory_isRefused_withTheCommandThatCreatesOne() {
    Shell.Result refused = new Shell().run(replica("one"));
    assertThat(refused.status()).isEqualTo(5);
    assertThat(refused.err()).contains(prefix).contains("datastored cluster init");
  }

  @Test
  void serversAreRestartedOneAfterTheOther_aClientSeesNoError_andNoDrainWaitsForThem()
      throws Exception {
    moveToEtcd();
    List<BackgroundCommand> servers = new ArrayList<>();
    try {
      servers.add(new BackgroundCommand(replica("one", listen("one"))));
      servers.add(new BackgroundCommand(replica("two", listen("two"))));
      servers.forEach(server -> server.awaitOut(", revision "));
      ClientOptions options =
          ClientOptions.builder(List.of(socket("one"), socket("two")))
              .channels(
                  target -> Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()))
              .build();
      try (DatastoredClient client = DatastoredClient.create(options).start();
          Handle held = client.lookup("main", Operation.WRITE)) {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> lookups =
            CompletableFuture.supplyAsync(() -> lookups(client, over));
        for (int i = 0; i < servers.size(); i++) {
          String name = List.of("one", "two").get(i);
          assertThat(servers.get(i).stop()).as(name).isZero();
          servers.set(i, new BackgroundCommand(replica(name, listen(name))));
          servers.get(i).awaitOut(", revision ");
        }
        assertThat(held.alive()).isTrue();
        over.set(true);
        assertThat(lookups.get(10, TimeUnit.SECONDS)).isPositive();
      }
      Shell.Result drained =
          new Shell()
              .run(
                  "maintenance",
                  "set",
                  "main",
                  "offline",
                  "--drain",
                  "--timeout=3s",
                  "--server",
                  socket("one"));
      assertThat(drained.status()).as(drained.err() + drained.out()).isZero();
    } finally {
      servers.forEach(BackgroundCommand::close);
    }
  }

  private String socket(String name) {
    return "unix:" + directory.resolve(name + ".sock");
  }

  private String listen(String name) {
    return "--listen=" + socket(name);
  }

  /** Looks up and takes leases until it is over, and counts; none may fail. */
  private static int lookups(DatastoredClient client, AtomicBoolean over) {
    int count = 0;
    while (!over.get()) {
      client.lookup("main", Operation.READ).close();
      count++;
    }
    return count;
  }
}
