package io.datastored.etcd.client;

import com.google.common.collect.ImmutableList;
import io.datastored.etcd.client.EtcdOptions.Endpoint;
import io.datastored.etcd.client.EtcdOptions.Tls;
import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The channels to the members of etcd, one each, and which of them is in use. Thread-safe.
 *
 * <p>All calls go to one member until a call fails there; the next call goes to the next one.
 */
final class EtcdChannels implements AutoCloseable {

  /** A connection without traffic is pinged; etcd allows 5 s at least, and gRPC 10 s. */
  private static final long PING_SECONDS = 10;

  private final ImmutableList<Member> members;
  private final AtomicInteger current = new AtomicInteger();

  private EtcdChannels(ImmutableList<Member> members) {
    this.members = members;
  }

  /** A member of etcd, and the channel to it. Immutable. */
  record Member(int index, Endpoint endpoint, ManagedChannel channel) {}

  /**
   * Connects with the first call.
   *
   * @throws IOException if a file for TLS cannot be read
   */
  static EtcdChannels open(EtcdOptions options) throws IOException {
    ImmutableList.Builder<Member> members = ImmutableList.builder();
    int index = 0;
    for (Endpoint endpoint : options.endpoints()) {
      members.add(new Member(index++, endpoint, channel(endpoint, options)));
    }
    return new EtcdChannels(members.build());
  }

  private static ManagedChannel channel(Endpoint endpoint, EtcdOptions options) throws IOException {
    // No retries, not even those that gRPC holds for safe: what is repeated is decided in one
    // place.
    return Grpc.newChannelBuilderForAddress(
            endpoint.host(), endpoint.port(), credentials(endpoint, options))
        .disableRetry()
        .disableServiceConfigLookUp()
        .maxInboundMessageSize(options.mostResponseBytes())
        .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(options.requestTimeout().toNanos(), TimeUnit.NANOSECONDS)
        .build();
  }

  private static ChannelCredentials credentials(Endpoint endpoint, EtcdOptions options)
      throws IOException {
    if (!endpoint.secure()) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
    if (options.tls().isPresent()) {
      Tls tls = options.tls().get();
      if (tls.authority().isPresent()) {
        credentials.trustManager(tls.authority().get().toFile());
      }
      if (tls.identity().isPresent()) {
        credentials.keyManager(
            tls.identity().get().certificate().toFile(), tls.identity().get().key().toFile());
      }
    }
    return credentials.build();
  }

  int size() {
    return members.size();
  }

  Member member(int index) {
    return members.get(index);
  }

  Member current() {
    Member member = members.get(current.get());
    if (member.channel().getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      // It would not try to connect for up to two minutes, while each call fails at once.
      member.channel().resetConnectBackoff();
    }
    return member;
  }

  /** Uses the next member from now on, unless another thread has seen to it. */
  void leave(Member member) {
    current.compareAndSet(member.index(), (member.index() + 1) % members.size());
  }

  @Override
  public void close() {
    members.forEach(member -> member.channel().shutdownNow());
  }
}
