package io.datastored.cli.demo;

import com.google.common.base.Splitter;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A demo etcd is an etcd of one member that the demo has started. Confined to its thread. */
final class DemoEtcd implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final DemoProcess process;
  private final String endpoint;

  private DemoEtcd(DemoProcess process, String endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /**
   * The program.
   *
   * @param path the folders of programs, as in the environment variable
   * @throws CommandFailed with how to get it, if there is none
   */
  static Path program(String path) {
    return Splitter.on(':')
        .omitEmptyStrings()
        .splitToStream(path)
        .flatMap(folder -> in(folder).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailed(
                    ExitStatus.NO,
                    "There is no etcd on the PATH. Install etcd 3.5 or later (Debian, from 13 on:"
                        + " apt install etcd-server; others: one static program for each system at"
                        + " https://github.com/etcd-io/etcd/releases), and run this again."));
  }

  private static Optional<Path> in(String folder) {
    try {
      return Optional.of(Path.of(folder, "etcd")).filter(Files::isExecutable);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** Starts one on loopback, and waits until it is healthy. */
  static DemoEtcd start(Path program, Path directory) throws IOException, InterruptedException {
    String client = "http://127.0.0.1:" + freePort();
    String peer = "http://127.0.0.1:" + freePort();
    DemoProcess process =
        DemoProcess.start(
            "etcd",
            directory,
            List.of(
                program.toString(),
                "--data-dir=" + directory.resolve("etcd"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer));
    DemoEtcd etcd = new DemoEtcd(process, client);
    try {
      etcd.awaitHealth();
      return etcd;
    } catch (CommandFailed | InterruptedException e) {
      etcd.close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitHealth() throws InterruptedException {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest question =
        HttpRequest.newBuilder(URI.create(endpoint + "/health"))
            .timeout(Duration.ofSeconds(1))
            .build();
    long begin = System.nanoTime();
    while (!isHealthy(http, question)) {
      if (!process.isAlive() || System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new CommandFailed(ExitStatus.NO, "etcd does not start at " + endpoint + ".");
      }
      Thread.sleep(50);
    }
  }

  private static boolean isHealthy(HttpClient http, HttpRequest question)
      throws InterruptedException {
    try {
      return http.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Where it serves clients. */
  String endpoint() {
    return endpoint.replaceFirst("^http://", "");
  }

  @Override
  public void close() {
    process.close();
  }
}
