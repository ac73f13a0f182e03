package io.datastored.cli.debug;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.io.BaseEncoding;
import io.datastored.cli.Datastored;
import io.datastored.cli.ScriptedServer;
import io.datastored.cli.Shell;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.ServerAddress;
import io.datastored.testkit.JavaCommand;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.StatusResponse;
import io.grpc.InsecureChannelCredentials;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.File;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DebugCommandTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private Process java(Map<String, String> environment, List<String> flags, String... words)
      throws Exception {
    var options = new ArrayList<>(flags);
    // What the manifest of the jar has.
    options.add("--add-exports=jdk.attach/sun.tools.attach=ALL-UNNAMED");
    List<String> command = JavaCommand.of(options, Datastored.class.getName(), (Object[]) words);
    File log = directory.resolve(words[0] + ".log").toFile();
    var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log);
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static Map<String, byte[]> parts(Path archive) throws Exception {
    var parts = new HashMap<String, byte[]>();
    try (var zip = new ZipInputStream(Files.newInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        parts.put(entry.getName(), zip.readAllBytes());
      }
    }
    return parts;
  }

  @Test
  void debug_ofARunningServer_hasEachPart_andNoSecret() throws Exception {
    X509Bundle tls =
        new CertificateBuilder()
            .subject("CN=localhost")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Path key = Files.writeString(directory.resolve("key.pem"), tls.getPrivateKeyPEM());
    Path certificate = Files.writeString(directory.resolve("cert.pem"), tls.getCertificatePEM());
    Path config =
        Files.writeString(
            directory.resolve("datastore.cfg"),
            "datastore: main\n\tpath /srv/main\n\tcomment secretOfComment\n\tvault secretOfProperty\n");
    Path options = Files.writeString(directory.resolve("options"), "max-leases = 4711\n");
    Path state = directory.resolve("state");
    String socket = "unix:" + directory.resolve("socket");
    String admin;
    try (var free = new ServerSocket(0)) {
      admin = "127.0.0.1:" + free.getLocalPort();
    }
    Process server =
        java(
            Map.of("VAULT_TOKEN", "secretOfEnvironment", "DATASTORED_GRACE", "1s"),
            List.of("-Dvault=secretOfJava"),
            "serve",
            "--options=" + options,
            "--config=" + config,
            "--state-dir=" + state,
            "--run-dir=" + directory.resolve("run"),
            "--no-earlier-leases",
            "--listen=127.0.0.1:0," + socket,
            "--tls-cert=" + certificate,
            "--tls-key=" + key,
            "--admin-listen=" + admin);
    Path archive = directory.resolve("debug.zip");
    String continuation;
    try (Connection connection =
        Connection.open(
            ServerAddress.parse(socket), InsecureChannelCredentials.create(), PATIENCE)) {
      Path log = directory.resolve("serve.log");
      await().atMost(PATIENCE).until(() -> Files.readString(log).contains("datastored "));
      continuation =
          connection
              .datastores()
              .lookup(
                  LookupRequest.newBuilder()
                      .setDatastore("main")
                      .setOperation(Operation.OPERATION_WRITE)
                      .build())
              .getLease()
              .getContinuation();
      Process debug =
          java(
              Map.of(),
              List.of(),
              "debug",
              archive.toString(),
              "--duration=1s",
              "--server=" + socket,
              "--admin=" + admin);
      assertThat(debug.waitFor()).as(Files.readString(directory.resolve("debug.log"))).isZero();
    } finally {
      server.destroyForcibly();
    }

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
        .isEqualTo("rw-------");
    Map<String, byte[]> parts = parts(archive);
    assertThat(parts)
        .as(() -> new String(parts.get("README.txt"), UTF_8))
        .containsOnlyKeys(
            "README.txt",
            "status.json",
            "datastores.json",
            "metrics-1.txt",
            "metrics-2.txt",
            "options.txt",
            "limits.txt",
            "java.txt",
            "threads-1.txt",
            "threads-2.txt",
            "recording.jfr",
            "log.txt");
    assertThat(new String(parts.get("status.json"), UTF_8)).contains("\"leases\":\"1\"");
    assertThat(new String(parts.get("datastores.json"), UTF_8))
        .contains("/srv/main", "\"vault\":\"(left out)\"");
    assertThat(new String(parts.get("metrics-1.txt"), UTF_8)).contains("datastored_leases 1");
    assertThat(new String(parts.get("options.txt"), UTF_8))
        .contains("--tls-key=" + key, "DATASTORED_GRACE=1s", "-Dvault=(left out)")
        .contains(options + ", as it is now:\nmax-leases = 4711\n");
    for (String threads : List.of("threads-1.txt", "threads-2.txt")) {
      assertThat(new String(parts.get(threads), UTF_8))
          .as("whole")
          .contains("\"main\"", "\"datastored-change-monitor\"", "JNI global refs");
    }
    assertThat(new String(parts.get("recording.jfr"), ISO_8859_1)).startsWith("FLR");
    assertThat(new String(parts.get("README.txt"), UTF_8))
        .contains("read it before you send it")
        .doesNotContain("Missing");
    byte[] secret = Files.readAllBytes(state.resolve("continuation.key"));
    List<String> secrets =
        List.of(
            continuation,
            "secretOf",
            key(tls),
            new String(secret, ISO_8859_1),
            BaseEncoding.base16().lowerCase().encode(secret),
            BaseEncoding.base64().omitPadding().encode(secret));
    assertThat(secrets).allMatch(word -> word.length() >= 8);
    parts.forEach(
        (name, bytes) ->
            assertThat(new String(bytes, ISO_8859_1))
                .as(name)
                .doesNotContain(secrets.toArray(String[]::new)));
  }

  /** A line in the middle of the key. */
  private static String key(X509Bundle tls) {
    return tls.getPrivateKeyPEM().lines().skip(1).findFirst().orElseThrow();
  }

  @Test
  void debug_ofWhatIsNotOnThisHost_namesWhatIsMissing() throws Exception {
    Path archive = directory.resolve("debug.zip");
    try (var server = new ScriptedServer()) {
      server.onStatus(request -> StatusResponse.getDefaultInstance());
      Shell.Result result =
          new Shell().run("debug", archive.toString(), "--server", server.address());
      assertThat(result.err()).isEmpty();
      assertThat(result.status()).isZero();
      assertThat(result.out())
          .contains("missing: java.txt, threads-1.txt", "give --pid", "read it before you send it");
    }
    Map<String, byte[]> parts = parts(archive);
    assertThat(parts).containsKeys("status.json", "README.txt").doesNotContainKey("options.txt");
    assertThat(new String(parts.get("README.txt"), UTF_8)).contains("Missing:\n", "options.txt: ");
  }

  @Test
  void debug_withAnAdminPortThatIsNoAddress_saysHowItIsWritten() throws Exception {
    Path archive = directory.resolve("debug.zip");
    for (String wrong : List.of("http://127.0.0.1:7480", "7480", "host:", "::1")) {
      Shell.Result result =
          new Shell().run("debug", archive.toString(), "--admin", wrong, "--server", "localhost:1");
      assertThat(result.status()).as(wrong).isEqualTo(2);
      assertThat(result.err()).contains("--admin", wrong + " is not HOST:PORT");
    }
    assertThat(archive).doesNotExist();
  }

  @Test
  void debug_ofAFileThatIsThere_leavesItAlone() throws Exception {
    Path archive = Files.writeString(directory.resolve("debug.zip"), "precious");
    try (var server = new ScriptedServer()) {
      Shell.Result result =
          new Shell().run("debug", archive.toString(), "--server", server.address());
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).contains(archive + " is there already: name a new file.");
    }
    assertThat(archive).hasContent("precious");
  }
}
