package io.datastored.bench;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A served site is a real server in a separate process, with its own configuration in a temporary
 * directory. Confined to one thread, except its channels.
 */
final class ServedSite implements AutoCloseable {

  private final Path directory;
  private final String address;
  private final List<String> javaOptions;
  private final List<String> options;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private ServerProcess server;

  private ServedSite(Path directory, String address, List<String> javaOptions, List<String> options)
      throws IOException {
    this.directory = directory;
    this.address = address;
    this.javaOptions = javaOptions;
    this.options = options;
    this.server = ServerProcess.start(directory, address, javaOptions, options);
  }

  /**
   * Starts a server for some datastores, named {@code store0} and so on, and waits until it is
   * ready.
   */
  static ServedSite start(int datastores, List<String> options) throws IOException {
    Path directory = make(datastores);
    return new ServedSite(directory, "unix:" + directory.resolve("socket"), List.of(), options);
  }

  /**
   * The same over TCP.
   *
   * @param port port of the server, also after a restart
   * @param javaOptions options of the server's Java VM
   */
  static ServedSite start(int datastores, int port, List<String> javaOptions, List<String> options)
      throws IOException {
    return new ServedSite(make(datastores), "127.0.0.1:" + port, javaOptions, options);
  }

  private static Path make(int datastores) throws IOException {
    Path directory = Files.createTempDirectory("datastored-bench");
    StringBuilder config = new StringBuilder();
    for (int i = 0; i < datastores; i++) {
      config.append("datastore: store").append(i);
      config.append("\n\tpath ").append(directory.resolve("base" + i)).append("\n\n");
    }
    Path unused = Files.writeString(directory.resolve("datastore.cfg"), config);
    return directory;
  }

  /** Opens another connection. */
  ManagedChannel connect() {
    ManagedChannel channel =
        Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).build();
    channels.add(channel);
    return channel;
  }

  /** The same with TLS, trusting {@code cert.pem} of this directory. */
  ManagedChannel connect(Path keys) throws IOException {
    ManagedChannel channel =
        Grpc.newChannelBuilder(
                address,
                TlsChannelCredentials.newBuilder()
                    .trustManager(keys.resolve("cert.pem").toFile())
                    .build())
            .build();
    channels.add(channel);
    return channel;
  }

  /** The address for clients. */
  String address() {
    return address;
  }

  /** The base path of a datastore. */
  Path base(int datastore) {
    return directory.resolve("base" + datastore);
  }

  /** The current number of threads of the server. */
  long threads() throws IOException {
    return server.threads();
  }

  /** Kills the server, as kill -9 does. */
  void kill() {
    server.kill();
  }

  /** Starts another server on the same files and address, and waits until it is ready. */
  void restart() throws IOException {
    server = ServerProcess.start(directory, address, javaOptions, options);
  }

  /** The peak resident memory of the server, in MiB. */
  long mostMemoryMib() throws IOException {
    return server.mostMemoryMib();
  }

  /** The processor time that the server has used. */
  Duration cpu() {
    return server.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() throws IOException {
    channels.forEach(ManagedChannel::shutdownNow);
    server.close();
    DeleteTree.of(directory);
  }
}
