package io.datastored.daemon;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Duration;
import io.datastored.access.AuditEvent;
import io.datastored.access.AuditTrail;
import io.datastored.access.RecordedTrail;
import io.datastored.access.Shares;
import io.datastored.admin.AdminAddress;
import io.datastored.v1.AccessServiceGrpc;
import io.datastored.v1.CreatePageLinkRequest;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceStub;
import io.datastored.v1.Holder;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.SessionServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The admin port of a whole server, also while other parts of it cannot answer. */
final class AdminListenerTest {
  private static final AdminAddress ANY_PORT =
      new AdminAddress(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), AdminAddress.Origin.GIVEN);

  @RegisterExtension final GrpcCleanup cleanup = new GrpcCleanup();
  @TempDir Path directory;

  private InProcessDaemon daemon;
  private AdminPort admin;

  @AfterEach
  void stop() {
    if (daemon != null) {
      daemon.close();
    }
  }

  private void start(String config, Consumer<DaemonOptions.Builder> changes) throws Exception {
    start(config, changes, Optional.empty());
  }

  private void start(
      String config, Consumer<DaemonOptions.Builder> changes, Optional<AuditTrail> audit)
      throws Exception {
    daemon =
        InProcessDaemon.start(
            cleanup,
            directory,
            config,
            options -> {
              options.admin.listen = Optional.of(ANY_PORT);
              changes.accept(options);
            },
            audit);
    admin = AdminPort.of(daemon);
  }

  @Test
  void servingServer_isAliveAndReady() throws Exception {
    start("datastore: main\n\tpath /srv/main\n", options -> {});

    assertThat(admin.body("/livez")).isEqualTo("alive\n");
    assertThat(admin.body("/readyz")).isEqualTo("ready\n");
    assertThat(admin.body("/readyz?verbose"))
        .contains("serving: ok", "lookup: ok", "store: ok", "calls: ok", "base-paths: ok");
    assertThat(admin.body("/readyz?verbose&exclude=store")).contains("store: not asked");
    assertThat(admin.status("/readyz?exclude=stor")).isEqualTo(400);
    assertThat(admin.status("/elsewhere")).isEqualTo(404);
  }

  @Test
  void emptyConfiguration_isReady() throws Exception {
    start("", options -> {});

    assertThat(admin.body("/readyz")).isEqualTo("ready\n");
  }

  @Test
  void status_isTheMessageOfTheCall() throws Exception {
    start("datastore: main\n\tpath /srv/main\n\tcomment \u00fcml\u001bx\n", options -> {});

    HttpResponse<String> answer = admin.get("/status.json");

    assertThat(answer.headers().firstValue("Content-Type"))
        .contains("application/json; charset=utf-8");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    JsonObject status = JsonParser.parseString(answer.body()).getAsJsonObject();
    assertThat(status.getAsJsonObject("server").get("version").getAsString())
        .isEqualTo("1.2.3-test");
    assertThat(status.getAsJsonObject("server").has("digest")).as("for operators").isTrue();
    assertThat(names(status)).containsExactly("main");
    JsonObject one =
        JsonParser.parseString(admin.body("/status.json?datastore=main")).getAsJsonObject();
    assertThat(names(one)).containsExactly("main");
    assertThat(admin.status("/status.json?datastore=other")).isEqualTo(404);
    assertThat(admin.body("/status.json?page_size=x")).contains("INVALID_ARGUMENT", "page_size");
  }

  private static List<String> names(JsonObject status) {
    return status.getAsJsonArray("datastores").asList().stream()
        .map(each -> each.getAsJsonObject().getAsJsonObject("datastore").get("name").getAsString())
        .toList();
  }

  @Test
  void status_byTheRules_showsWhatAnonymousMaySee() throws Exception {
    start(
        "datastore: main\n\tpath /srv/main\n\ndatastore: hidden\n\tpath /srv/hidden\n",
        options -> {
          options.access.open = false;
          options.access.rules = Optional.of(rules("allow anonymous@loopback reader main\n"));
        });

    JsonObject status = JsonParser.parseString(admin.body("/status.json")).getAsJsonObject();

    assertThat(names(status)).containsExactly("main");
    assertThat(status.get("filtered").getAsBoolean()).isTrue();
    assertThat(status.getAsJsonObject("server").has("digest")).isFalse();
    assertThat(admin.status("/status.json?datastore=hidden")).isEqualTo(404);
  }

  @Test
  void link_showsWhatItsPrincipalMaySee_andItsEventsBeginWithEverything() throws Exception {
    start(
        "datastore: main\n\tpath /srv/main\n\ndatastore: hidden\n\tpath /srv/hidden\n",
        options -> {
          options.access.open = false;
          options.access.rules =
              Optional.of(
                  rules("allow anonymous@loopback reader main\nallow uid:1003 operator *\n"));
        });
    String link =
        AccessServiceGrpc.newBlockingStub(daemon.channelOf(1003))
            .createPageLink(CreatePageLinkRequest.getDefaultInstance())
            .getUrl();

    assertThat(link).startsWith(admin.url() + "/#token=");
    String status =
        new String(admin.getAs(link, "/status.json").body().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(names(JsonParser.parseString(status).getAsJsonObject()))
        .containsExactly("hidden", "main");
    assertThat(admin.getAs(link + "x", "/status.json").statusCode()).isEqualTo(401);
    assertThat(events(link)).contains("\"you\":\"uid:1003\"", "\"hidden\"", "\"sessions\"");
    assertThat(events("#token=" + link)).isEmpty();
  }

  /** The first two events of a page; empty if it may not see them. */
  private String events(String link) throws Exception {
    HttpResponse<InputStream> answer = admin.getAs(link, "/events");
    if (answer.statusCode() != 200) {
      return "";
    }
    try (var lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      return lines.lines().filter(line -> !line.isEmpty()).limit(2).collect(joining("\n"));
    }
  }

  private Path rules(String text) {
    try {
      return Files.writeString(directory.resolve("rules"), text);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void hungBasePath_readySaysNoWithTheDatastore_andLiveSaysYes() throws Exception {
    start(withFifo(), options -> options.engine.timing.basePathWait = ms(200));

    read("hung");

    await().until(() -> admin.status("/readyz") == 503);
    assertThat(admin.body("/readyz"))
        .isEqualTo("not ready\nbase-paths: the file system does not answer for datastore hung\n");
    assertThat(admin.body("/readyz?exclude=base-paths")).isEqualTo("ready\n");
    assertThat(admin.status("/livez")).isEqualTo(200);
    assertThat(admin.status("/status.json")).isEqualTo(200);

    try (OutputStream answers = Files.newOutputStream(directory.resolve("hung/.lock"))) {
      answers.flush();
    }
    await().until(() -> admin.status("/readyz") == 200);
  }

  @Test
  void overloadedCalls_readySaysNo_andLiveSaysYes() throws Exception {
    start(
        withFifo(),
        options -> {
          options.calls.threads = 1;
          options.calls.onDisk = 1;
          options.calls.share = Shares.WHOLE;
          options.engine.timing.basePathWait = ms(60_000);
        });
    read("hung");
    read("hung");

    await().until(() -> admin.body("/readyz").contains("calls: "));
    assertThat(admin.body("/readyz"))
        .startsWith("not ready\n")
        .contains("calls: too many calls are waiting for a disk");
    assertThat(admin.status("/readyz")).isEqualTo(503);
    assertThat(admin.body("/livez")).isEqualTo("alive\n");
    assertThat(admin.status("/status.json")).isEqualTo(200);
    try (OutputStream answers = Files.newOutputStream(directory.resolve("hung/.lock"))) {
      answers.flush();
    }
    await().until(() -> admin.status("/readyz") == 200);
  }

  /** Opening the lock file of this datastore hangs until somebody opens it for writing. */
  private String withFifo() throws Exception {
    Path hung = Files.createDirectory(directory.resolve("hung"));
    assertThat(new ProcessBuilder("mkfifo", hung.resolve(".lock").toString()).start().waitFor())
        .isZero();
    return "datastore: hung\n\tpath " + hung + "\n";
  }

  private void read(String name) {
    DatastoreServiceStub stub = DatastoreServiceGrpc.newStub(daemon.channel());
    stub.lookup(
        LookupRequest.newBuilder()
            .setDatastore(name)
            .setOperation(Operation.OPERATION_READ)
            .build(),
        new Ignored());
  }

  private static final class Ignored implements StreamObserver<LookupResponse> {
    @Override
    public void onNext(LookupResponse value) {}

    @Override
    public void onError(Throwable thrown) {}

    @Override
    public void onCompleted() {}
  }

  @Test
  void hungSweep_isNotAlive_andNotReady() throws Exception {
    var hangs = new RecordedTrail();
    hangs.blockAt(AuditEvent.Kind.SESSION_LOST);
    start("datastore: main\n\tpath /srv/main\n", options -> {}, Optional.of(hangs));
    var unused =
        SessionServiceGrpc.newBlockingStub(daemon.channel())
            .openSession(
                OpenSessionRequest.newBuilder()
                    .setHolder(Holder.newBuilder().setClient("test"))
                    .setTtl(Duration.newBuilder().setSeconds(5))
                    .build());
    assertThat(admin.status("/livez")).isEqualTo(200);

    try {
      await().until(() -> admin.status("/livez") == 503);
      assertThat(admin.body("/livez"))
          .isEqualTo("not alive\ntasks: the lease sweep has died or hangs\n");
      assertThat(admin.body("/readyz")).contains("tasks: the lease sweep has died or hangs");
    } finally {
      hangs.letGo();
    }
    await().until(() -> admin.status("/livez") == 200);
  }

  @Test
  void takenAddress_ofTheOperator_preventsTheStart_andTheDefaultDoesNot() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
      DaemonOptions.Builder options =
          new DaemonSite(directory).write("datastore: main\n\tpath /srv/main\n").options();
      options.admin.listen = Optional.of(new AdminAddress(address, AdminAddress.Origin.GIVEN));

      DaemonStartException refused =
          catchThrowableOfType(DaemonStartException.class, () -> Daemon.start(options.build()));

      assertThat(refused.kind()).isEqualTo(DaemonStartException.Kind.ADDRESS);
      assertThat(refused).hasMessageContaining("admin address 127.0.0.1:" + taken.getLocalPort());

      options.admin.listen = Optional.of(new AdminAddress(address, AdminAddress.Origin.DEFAULT));
      try (Daemon started = Daemon.start(options.build())) {
        assertThat(started.adminUrl()).isEmpty();
      }
    }
  }

  private static java.time.Duration ms(long millis) {
    return java.time.Duration.ofMillis(millis);
  }
}
