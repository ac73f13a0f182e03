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
 * <p>The kernel is asked (SO_PEERCRED) when a connection is accepted, before anything is read from
 * it. gRPC tells of a connection its remote address only, which of an unnamed socket says nothing;
 * but each connection has an object of its own for it, and by that its peer is found again. It is
 * forgotten with the connection.
 */
@Sharable
final class UnixPeers extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(UnixPeers.class);

  /** Compared by identity. */
  private final ConcurrentMap<SocketAddress, UnixPeer> byAddress =
      new MapMaker().weakKeys().makeMap();

  /** The same channel, whose connections are asked before they are used. */
  ServerChannel askOn(ServerChannel listening) {
    listening.pipeline().addLast(this);
    return listening;
  }

  /** Who is at the other end of a connection. */
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
      // Nobody is taken for anybody else: who cannot be told is not let in.
      log.atWarn().log("a connection over a Unix socket is refused: {}", e.toString());
      connection.unsafe().closeForcibly();
    }
  }
}
