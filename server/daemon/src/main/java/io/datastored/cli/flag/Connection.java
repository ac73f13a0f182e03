package io.datastored.cli.flag;

import com.google.common.collect.Comparators;
import com.google.common.collect.ImmutableList;
import io.datastored.cli.view.ServerAddress;
import io.datastored.client.ClientTimes;
import io.datastored.client.ServerStreams;
import io.datastored.v1.AccessServiceGrpc;
import io.datastored.v1.AccessServiceGrpc.AccessServiceBlockingStub;
import io.datastored.v1.DatastoreConfigServiceGrpc;
import io.datastored.v1.DatastoreConfigServiceGrpc.DatastoreConfigServiceBlockingStub;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.MaintenanceServiceGrpc;
import io.datastored.v1.MaintenanceServiceGrpc.MaintenanceServiceBlockingStub;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.SessionServiceGrpc.SessionServiceBlockingStub;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.AbstractBlockingStub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A connection is the channel to one server for the duration of one command; every unary call on it
 * has a deadline. Thread-safe: gRPC's channel is.
 */
public final class Connection implements AutoCloseable {

  /** A restart of a server takes about a second. */
  private static final Duration LEAST_BACKOFF = Duration.ofMillis(200);

  private static final Duration MOST_BACKOFF = Duration.ofSeconds(5);

  /** A server that does not answer for so long is passed over if there are others. */
  private static final Duration CONNECTING = Duration.ofSeconds(2);

  /**
   * A connection with a call in progress is pinged after this time without traffic, and is dead if
   * the ping is not answered. Longer than the shortest interval that the server permits, 10 s.
   */
  private static final Duration KEEPALIVE = Duration.ofSeconds(12);

  private static final Duration KEEPALIVE_ANSWER = Duration.ofSeconds(4);

  private final ServerAddress server;
  private final ChannelCredentials credentials;
  private final ManagedChannel channel;
  private final Duration timeout;

  private Connection(
      ServerAddress server,
      ChannelCredentials credentials,
      ManagedChannel channel,
      Duration timeout) {
    this.server = server;
    this.credentials = credentials;
    this.channel = channel;
    this.timeout = timeout;
  }

  public static Connection open(
      ServerAddress server, ChannelCredentials credentials, Duration timeout) {
    return new Connection(server, credentials, channel(server, credentials, timeout), timeout);
  }

  private static ManagedChannel channel(
      ServerAddress server, ChannelCredentials credentials, Duration timeout) {
    if (server.targets().size() == 1) {
      return begin(server.targets().get(0), credentials).build();
    }
    // In an order of its own, so that not all commands call the same server.
    List<String> order = new ArrayList<>(server.targets());
    Collections.shuffle(order);
    return new ReachedServer(
        ImmutableList.copyOf(order),
        target -> begin(target, credentials).build(),
        Comparators.min(timeout, CONNECTING));
  }

  private static ManagedChannelBuilder<?> begin(String target, ChannelCredentials credentials) {
    return Grpc.newChannelBuilder(target, credentials)
        .userAgent("datastored-cli")
        .keepAliveTime(KEEPALIVE.toSeconds(), TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_ANSWER.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * The options of a client that holds leases on the same server, over the transport of this
   * program.
   *
   * @param program name as operators see it
   */
  public io.datastored.client.ClientOptions.Builder client(String program) {
    return io.datastored.client.ClientOptions.builder(server.targets())
        .channels(target -> begin(target, credentials))
        .holder(program, BuildVersion.number())
        .withoutNearCache()
        .times(
            times ->
                times
                    .withCallDeadline(timeout)
                    .withClosing(Comparators.min(timeout, ClientTimes.DEFAULT.closing())));
  }

  public ServerAddress server() {
    return server;
  }

  public DatastoreServiceBlockingStub datastores() {
    return stub(DatastoreServiceGrpc::newBlockingStub);
  }

  /** The streams, for watches and drains: they have no deadline, but a limit on silence. */
  public ServerStreams streams() {
    return ServerStreams.over(
        channel,
        client("datastored")
            .times(times -> times.withLeastBackoff(LEAST_BACKOFF).withMostBackoff(MOST_BACKOFF))
            .build());
  }

  public DatastoreConfigServiceBlockingStub configurations() {
    return stub(DatastoreConfigServiceGrpc::newBlockingStub);
  }

  public MaintenanceServiceBlockingStub maintenance() {
    return stub(MaintenanceServiceGrpc::newBlockingStub);
  }

  public SessionServiceBlockingStub sessions() {
    return stub(SessionServiceGrpc::newBlockingStub);
  }

  public AccessServiceBlockingStub access() {
    return stub(AccessServiceGrpc::newBlockingStub);
  }

  /** A stub for one unary call: the deadline counts from here. */
  private <S extends AbstractBlockingStub<S>> S stub(Function<Channel, S> of) {
    return of.apply(channel).withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
