package io.datastored.transport;

import com.google.common.base.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A frame guard reads a connection no faster than its budget allows. Confined to the connection's
 * event loop.
 *
 * <p>It throttles before it closes. A client whose thousand calls exceeded their deadline while the
 * server was stalled resets them all at once, which looks like an attack; closing its connection
 * would end the calls that it still waits for. Only a connection that continues at that rate is
 * closed.
 */
final class FrameGuard extends ChannelDuplexHandler implements FrameScanner.Judge {
  private static final int RST_STREAM = 3;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int RST_STREAM_BYTES = 13;
  private static final int TYPE = 3;

  /** More than any answer to a control frame has: such answers earn nothing. */
  private static final int LARGEST_ACKNOWLEDGEMENT = 17;

  private static final int GOAWAY = 7;
  private static final int ENHANCE_YOUR_CALM = 0xb;

  /** Long enough for some tokens, short enough to go unnoticed by a slightly throttled client. */
  private static final long PAUSE_MILLIS = 20;

  private final FrameScanner scanner = new FrameScanner();
  private final FrameBudget budget;
  private final long patience;
  private final Ticker ticker;
  private final Runnable opened;
  private final RefusalLog log;

  /** Bytes that wait for the budget. */
  private final Deque<ByteBuf> held = new ArrayDeque<>();

  private @Nullable Refusal wanted;
  private long restlessSince;
  private boolean restless;
  private boolean settled;
  private int lastStream;

  /**
   * @param patience how long a connection may exceed its budget
   * @param opened called once, at the first frame
   */
  FrameGuard(
      FrameBudget budget, Duration patience, Ticker ticker, Runnable opened, RefusalLog log) {
    this.budget = budget;
    this.patience = patience.toNanos();
    this.ticker = ticker;
    this.opened = opened;
    this.log = log;
  }

  @Override
  public boolean allows(int type, int flags, int length) {
    Optional<Refusal> refused = budget.take(type, flags, length);
    wanted = refused.orElse(null);
    return refused.isEmpty();
  }

  @Override
  public void read(int type, int stream) {
    if (type == HEADERS) {
      lastStream = Math.max(lastStream, stream);
    } else if (type == SETTINGS && !settled) {
      settled = true;
      opened.run();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      ctx.fireChannelRead(message);
      return;
    }
    held.add(bytes);
    if (held.size() == 1) {
      pass(ctx);
      if (!held.isEmpty()) {
        pause(ctx);
      }
    }
  }

  /** Passes on what the budget allows. */
  private void pass(ChannelHandlerContext ctx) {
    for (ByteBuf bytes = held.peek(); bytes != null; bytes = held.peek()) {
      int until = scanner.scan(bytes, this);
      if (until < bytes.writerIndex()) {
        if (until > bytes.readerIndex()) {
          ctx.fireChannelRead(bytes.readRetainedSlice(until - bytes.readerIndex()));
        }
        return;
      }
      held.remove();
      ctx.fireChannelRead(bytes);
    }
  }

  private void pause(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(false);
    long now = ticker.read();
    if (!restless) {
      restless = true;
      restlessSince = now;
    }
    if (now - restlessSince > patience) {
      close(ctx);
      return;
    }
    ctx.executor().schedule(() -> resume(ctx), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void resume(ChannelHandlerContext ctx) {
    if (ctx.isRemoved() || !ctx.channel().isActive()) {
      return;
    }
    pass(ctx);
    ctx.fireChannelReadComplete();
    if (held.isEmpty()) {
      ctx.channel().config().setAutoRead(true);
    } else {
      pause(ctx);
    }
  }

  /**
   * If the channel is not read automatically, HTTP/2 requests reads itself; not while bytes wait.
   */
  @Override
  public void read(ChannelHandlerContext ctx) {
    if (held.isEmpty()) {
      ctx.read();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (restless && held.isEmpty() && budget.isCalm()) {
      restless = false;
    }
    ctx.fireChannelReadComplete();
  }

  private void close(ChannelHandlerContext ctx) {
    Refusal why = wanted == null ? Refusal.TOO_MANY_CONTROL_FRAMES : wanted;
    log.refused(why, ConnectionGate.text(ctx.channel()));
    // A frame is written whole within one task of the event loop, so this comes between two.
    ByteBuf goAway = ctx.alloc().buffer();
    goAway
        .writeMedium(8)
        .writeByte(GOAWAY)
        .writeByte(0)
        .writeInt(0)
        .writeInt(lastStream)
        .writeInt(ENHANCE_YOUR_CALM);
    ctx.writeAndFlush(goAway);
    // At once: a client that reads nothing would never let the frame be written.
    ctx.close();
    release();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      int size = bytes.readableBytes();
      if (size > LARGEST_ACKNOWLEDGEMENT) {
        budget.sent(size);
      } else if (size == RST_STREAM_BYTES
          && bytes.getUnsignedByte(bytes.readerIndex() + TYPE) == RST_STREAM) {
        budget.resetSent();
      }
    }
    ctx.write(message, promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    release();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    release();
    ctx.fireChannelInactive();
  }

  private void release() {
    for (ByteBuf bytes = held.poll(); bytes != null; bytes = held.poll()) {
      bytes.release();
    }
  }
}
