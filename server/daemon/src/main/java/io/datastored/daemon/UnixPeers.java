package io.datastored.daemon;

import com.google.common.collect.MapMaker;
import io.datastored.service.wire.UnixPeer;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unix peers are the processes at the other ends of one listener's Unix sockets. Thread-safe.
 *
 * <p>The peer is read from the kernel (SO_PEERCRED) when a connection is accepted, before any data
 * is read. gRPC exposes only the remote address of a connection, which is empty for an unnamed
 * socket. But each connection has its own address object, and that object is the key of its peer.
 * The peer is forgotten with the connection.
 */
@Sharable
final class UnixPeers extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(UnixPeers.class);

  /** Compared by identity. */
  private final ConcurrentMap<SocketAddress, UnixPeer> byAddress =
      new MapMaker().weakKeys().makeMap();

  /** The same channel, with the peer of each connection read before its first use. */
  ServerChannel askOn(ServerChannel listening) {
    listening.pipeline().addFirst(this); // before the gate counts the connection
    return listening;
  }

  /** The process at the other end of a connection. */
  Optional<UnixPeer> at(SocketAddress address) {
    return Optional.ofNullable(byAddress.get(address));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    var connection = (EpollDomainSocketChannel) accepted;
    try {
      PeerCredentials peer = connection.peerCredentials();
      int gid = peer.gids().length == 0 ? -1 : peer.gids()[0];
      byAddress.put(connection.remoteAddress(), new UnixPeer(peer.uid(), gid, peer.pid()));
      context.fireChannelRead(accepted);
    } catch (IOException e) {
      // No client may pass for another: a connection whose peer is unknown is refused.
      log.atWarn().log("refused a connection over a Unix socket: {}", e.toString());
      connection.unsafe().closeForcibly();
    }
  }
}
