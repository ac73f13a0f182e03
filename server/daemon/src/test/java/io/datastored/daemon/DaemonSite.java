package io.datastored.daemon;

import io.datastored.history.file.FileStoreOptions;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.Operation;
import io.grpc.Channel;
import io.grpc.testing.TlsTesting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * A daemon site is the files of a server in a directory of a test, and the way to the server.
 * Immutable.
 */
record DaemonSite(Path directory) {

  Path config() {
    return directory.resolve("datastore.cfg");
  }

  DaemonSite write(String config) throws IOException {
    Files.writeString(config(), config);
    return this;
  }

  /** All files in the directory, and a free port of this host. */
  DaemonOptions.Builder options() {
    var options = new DaemonOptions.Builder(config(), directory.resolve("state"));
    options.listen = List.of(ListenAddress.parse("127.0.0.1:0"));
    options.engine.runDirectory = Optional.of(directory.resolve("run"));
    options.engine.configAccess = FileStoreOptions.Access.READ_WRITE;
    return options;
  }

  /** The same for everybody who comes. */
  DaemonOptions.Builder openOptions() {
    DaemonOptions.Builder options = options();
    options.access.open = true;
    return options;
  }

  /** One of gRPC's certificates and keys for tests, in a file. */
  Path copied(String name) {
    Path copy = directory.resolve(name);
    try {
      Files.copy(TlsTesting.loadCert(name), copy, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copy;
  }

  /** Files by which a server is {@code foo.test.google.fr}. */
  TlsFiles tls() {
    return TlsFiles.of(copied("server1.pem"), copied("server1.key"));
  }

  /** The port of the first address. */
  static int port(Daemon daemon) {
    return ((InetSocketAddress) daemon.addresses().get(0)).getPort();
  }

  /** The name of the datastore {@code main}, as a lookup tells it. */
  static String lookup(Channel channel) {
    return DatastoreServiceGrpc.newBlockingStub(channel)
        .lookup(
            LookupRequest.newBuilder()
                .setDatastore("main")
                .setOperation(Operation.OPERATION_LOOKUP)
                .build())
        .getDatastore()
        .getName();
  }
}
