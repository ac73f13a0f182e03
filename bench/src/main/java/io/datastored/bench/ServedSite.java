package io.datastored.bench;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A served site is a real server in a process of its own, on a configuration of its own in a
 * temporary directory. Confined to one thread, but for its channels.
 */
final class ServedSite implements AutoCloseable {

  private final Path directory;
  private final Process server;
  private final List<ManagedChannel> channels = new ArrayList<>();

  private ServedSite(Path directory, Process server) {
    this.directory = directory;
    this.server = server;
  }

  /**
   * Starts a server for some datastores, named {@code store0} and so on, and waits until it is
   * ready.
   */
  static ServedSite start(int datastores, List<String> options) throws IOException {
    Path directory = Files.createTempDirectory("datastored-bench");
    StringBuilder config = new StringBuilder();
    for (int i = 0; i < datastores; i++) {
      config.append("datastore: store").append(i);
      config.append("\n\tpath ").append(directory.resolve("base" + i)).append("\n\n");
    }
    Path file = Files.writeString(directory.resolve("datastore.cfg"), config);
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.datastored.cli.Datastored",
                "serve",
                "--config",
                file.toString(),
                "--state-dir",
                directory.resolve("state").toString(),
                "--run-dir",
                directory.resolve("run").toString(),
                "--read-only-config=false",
                "--log-level",
                "warn",
                "--listen",
                "unix:" + directory.resolve("socket")));
    command.addAll(options);
    Process server =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Runtime.getRuntime().addShutdownHook(new Thread(server::destroyForcibly));
    ServedSite site = new ServedSite(directory, server);
    BufferedReader out = server.inputReader(StandardCharsets.UTF_8);
    if (out.readLine() == null) {
      site.close();
      throw new IOException("the server does not start");
    }
    return site;
  }

  /** One more connection. */
  ManagedChannel connect() {
    ManagedChannel channel =
        Grpc.newChannelBuilder(
                "unix:" + directory.resolve("socket"), InsecureChannelCredentials.create())
            .build();
    channels.add(channel);
    return channel;
  }

  /** The processor time that the server has used. */
  Duration cpu() {
    return server.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() throws IOException {
    channels.forEach(ManagedChannel::shutdownNow);
    server.destroy();
    try {
      if (!server.waitFor(20, TimeUnit.SECONDS)) {
        Process unused = server.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
