package io.datastored.cli;

import com.google.common.collect.Comparators;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreConfigServiceGrpc.DatastoreConfigServiceBlockingStub;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingV2Stub;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceBlockingStub;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceBlockingV2Stub;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SessionServiceGrpc.SessionServiceBlockingStub;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A connection is the way to one server for the time of one command; every unary call on it has a
 * deadline. Thread-safe: gRPC's channel is.
 */
final class Connection implements AutoCloseable {

  private final ServerAddress server;
  private final ManagedChannel channel;
  private final Duration timeout;

  private Connection(ServerAddress server, ManagedChannel channel, Duration timeout) {
    this.server = server;
    this.channel = channel;
    this.timeout = timeout;
  }

  static Connection open(ServerAddress server, ChannelCredentials credentials, Duration timeout) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(server.target(), credentials).userAgent("datastored-cli").build();
    return new Connection(server, channel, timeout);
  }

  ServerAddress server() {
    return server;
  }

  Duration timeout() {
    return timeout;
  }

  /** For one unary call: the deadline counts from here. */
  DatastoreServiceBlockingStub datastores() {
    return datastoresWithin(timeout);
  }

  /** For one unary call that is of no use after {@code limit}. */
  DatastoreServiceBlockingStub datastoresWithin(Duration limit) {
    Duration shorter = Comparators.min(limit, timeout);
    return DatastoreServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(shorter.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** For a watch, which has no deadline; its reads have. */
  DatastoreServiceBlockingV2Stub watches() {
    // The channel's own back-off grows to two minutes and fails calls meanwhile without trying.
    channel.resetConnectBackoff();
    return DatastoreServiceGrpc.newBlockingV2Stub(channel);
  }

  DatastoreConfigServiceBlockingStub configurations() {
    return DatastoreConfigServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  MaintenanceServiceBlockingStub maintenance() {
    return MaintenanceServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** For a drain, which has no deadline; its reads have. */
  MaintenanceServiceBlockingV2Stub drains() {
    channel.resetConnectBackoff();
    return MaintenanceServiceGrpc.newBlockingV2Stub(channel);
  }

  SessionServiceBlockingStub sessions() {
    return sessionsWithin(timeout);
  }

  /** For one unary call that is of no use after {@code limit}. */
  SessionServiceBlockingStub sessionsWithin(Duration limit) {
    channel.resetConnectBackoff();
    Duration shorter = Comparators.min(limit, timeout);
    return SessionServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(shorter.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
