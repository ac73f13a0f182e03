package io.datastored.cli.demo;

import com.google.common.collect.ImmutableList;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.ServerAddress;
import io.datastored.v1.ListSessionsRequest;
import io.grpc.InsecureChannelCredentials;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A demo replica is one of the servers of the demo, and a way to it. Confined to its thread. */
final class DemoReplica implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final String name;
  private final Path directory;
  private final String etcd;
  private DemoProcess process;
  private final Connection connection;

  private DemoReplica(
      String name, Path directory, String etcd, DemoProcess process, Connection connection) {
    this.name = name;
    this.directory = directory;
    this.etcd = etcd;
    this.process = process;
    this.connection = connection;
  }

  /** Starts one; it is ready later. */
  static DemoReplica start(String name, Path directory, String etcd) throws IOException {
    DemoProcess process = process(name, directory, etcd);
    Connection connection =
        Connection.open(
            ServerAddress.parse(address(name, directory)),
            InsecureChannelCredentials.create(),
            TIMEOUT);
    return new DemoReplica(name, directory, etcd, process, connection);
  }

  private static DemoProcess process(String name, Path directory, String etcd) throws IOException {
    return DemoProcess.start(name, directory, DemoProcess.datastored(words(name, directory, etcd)));
  }

  private static ImmutableList<String> words(String name, Path directory, String etcd) {
    return ImmutableList.<String>builder()
        .addAll(command(name, etcd))
        .add(
            "--state-dir=" + directory.resolve(name),
            "--listen=" + address(name, directory),
            "--admin-listen=none",
            "--grace=1s")
        .build();
  }

  /** What an operator would type, but for the places of this demo. */
  static List<String> command(String name, String etcd) {
    return List.of(
        "serve", "--etcd-endpoints=" + etcd, "--replica-name=" + name, "--replica-ttl=5s");
  }

  private static String address(String name, Path directory) {
    return "unix:" + directory.resolve(name + ".sock");
  }

  /** Waits until it is ready. */
  void awaitReady() throws IOException, InterruptedException {
    String unused = process.awaitLine(", revision ");
  }

  /** Kills it. */
  void kill() throws InterruptedException {
    process.kill();
  }

  /** Starts it again, and waits until it is ready. */
  void restart() throws IOException, InterruptedException {
    process = process(name, directory, etcd);
    awaitReady();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Whether a program has its session here. */
  boolean serves(String program) {
    try {
      return connection
          .sessions()
          .listSessions(ListSessionsRequest.getDefaultInstance())
          .getSessionsList()
          .stream()
          .anyMatch(session -> session.getHolder().getClient().equals(program));
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  DemoClient client() {
    return new DemoClient(connection);
  }

  String name() {
    return name;
  }

  String address() {
    return address(name, directory);
  }

  @Override
  public void close() {
    connection.close();
    process.close();
  }
}
