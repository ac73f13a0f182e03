package io.datastored.transport;

import com.google.common.base.Ticker;
import com.google.common.collect.Comparators;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * An opening is a connection from its acceptance to its first frame. It limits that time, and adds
 * the frame guard where frames can be read, behind TLS if there is any. Confined to the
 * connection's event loop.
 */
final class Opening extends ChannelInboundHandlerAdapter {
  /** Longer than the pause between two looks of those who end the streams, one second. */
  private static final Duration AFTER_EXPIRY = Duration.ofSeconds(3);

  private static final Duration CLOCK_CHECK = Duration.ofMinutes(1);

  private final Connections connections;
  private final Wire wire;
  private final Ticker ticker;
  private final InstantSource wallClock;
  private final RefusalLog log;
  private boolean guarded;
  private @Nullable Future<?> end;

  Opening(
      Connections connections, Wire wire, Ticker ticker, InstantSource wallClock, RefusalLog log) {
    this.connections = connections;
    this.wire = wire;
    this.ticker = ticker;
    this.wallClock = wallClock;
    this.log = log;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    end =
        ctx.executor()
            .schedule(
                () -> tooLate(ctx),
                connections.limits().handshake().toNanos(),
                TimeUnit.NANOSECONDS);
    if (wire == Wire.CLEAR) {
      guarded = true;
      ctx.pipeline().addAfter(ctx.name(), null, guard(ctx));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!guarded) {
      SslHandler tls = ctx.pipeline().get(SslHandler.class);
      if (tls != null) {
        guarded = true;
        // Before anything is decrypted: the listeners run when the handshake is complete, and data
        // that came with its last bytes is passed on after that.
        tls.handshakeFuture()
            .addListener(
                handshake -> {
                  if (handshake.isSuccess()) {
                    String name = ctx.pipeline().context(tls).name();
                    ctx.pipeline().addAfter(name, null, guard(ctx));
                    endWithCertificate(ctx, tls);
                  }
                });
      }
    }
    ctx.fireChannelRead(message);
  }

  private void endWithCertificate(ChannelHandlerContext ctx, SslHandler tls) {
    try {
      if (tls.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate shown) {
        // A resumed TLS session may bring a certificate that has already expired.
        closeAt(Comparators.max(shown.getNotAfter().toInstant(), wallClock.instant()), ctx);
      }
    } catch (SSLPeerUnverifiedException e) {
      return; // the client has shown none
    }
  }

  /**
   * Closes a connection gracefully a little after its client's certificate has expired: by then its
   * streams have ended with the reason, and its client reconnects with what it has by now. The
   * clock is read again and again because it may be set.
   */
  private void closeAt(Instant expiry, ChannelHandlerContext ctx) {
    Duration left = Duration.between(wallClock.instant(), expiry.plus(AFTER_EXPIRY));
    if (left.isNegative() || left.isZero()) {
      ctx.channel().close();
    } else if (ctx.channel().isActive()) {
      long wait = Comparators.min(left, CLOCK_CHECK).toNanos();
      ctx.executor().schedule(() -> closeAt(expiry, ctx), wait, TimeUnit.NANOSECONDS);
    }
  }

  private FrameGuard guard(ChannelHandlerContext ctx) {
    var budget = new FrameBudget(connections, ticker);
    return new FrameGuard(
        budget, connections.limits().patience(), ticker, () -> ctx.pipeline().remove(this), log);
  }

  private void tooLate(ChannelHandlerContext ctx) {
    log.refused(Refusal.NO_HANDSHAKE, ConnectionGate.text(ctx.channel()));
    ctx.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    Future<?> pending = end;
    if (pending != null) {
      pending.cancel(false);
    }
  }
}
