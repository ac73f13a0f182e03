package io.datastored.transport;

import static io.datastored.transport.Http2Bytes.CONTINUATION;
import static io.datastored.transport.Http2Bytes.DATA;
import static io.datastored.transport.Http2Bytes.HEADERS;
import static io.datastored.transport.Http2Bytes.PING;
import static io.datastored.transport.Http2Bytes.PRIORITY;
import static io.datastored.transport.Http2Bytes.RST_STREAM;
import static io.datastored.transport.Http2Bytes.SETTINGS;
import static io.datastored.transport.Http2Bytes.WINDOW_UPDATE;
import static io.datastored.transport.Http2Bytes.frame;
import static io.datastored.transport.Http2Bytes.opening;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Bytes;
import io.datastored.testkit.ManualTicker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameGuardTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final byte[] RESET = frame(RST_STREAM, 0, 1, new byte[4]);
  private static final byte[] PINGED = frame(PING, 0, 0, new byte[8]);

  private final ManualTicker ticker = new ManualTicker();
  private final ConnectionLimits.Builder limits = new ConnectionLimits.Builder();
  private final Connections all;
  private final List<EmbeddedChannel> channels = new ArrayList<>();
  private int opened;

  FrameGuardTest() {
    limits.patience = PATIENCE;
    limits.control = new Rate(10, 40, 10);
    limits.resets = new Rate(20, 80, 20);
    all = new Connections(limits.build(), ticker);
  }

  @AfterEach
  void close() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  @Test
  void read_callsAndTheirMessages_areNotHeldUp() {
    EmbeddedChannel channel = connection();
    int bytes = 0;
    for (int call = 0; call < 10_000; call++) {
      byte[] headers = frame(HEADERS, 4, 2 * call + 1, new byte[20]);
      byte[] message = frame(DATA, 1, 2 * call + 1, new byte[7]);
      write(channel, headers);
      write(channel, message);
      bytes += headers.length + message.length;
    }

    assertThat(received(channel)).hasSize(opening().length + bytes);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void read_anyCutOfTheBytes_handsThemOnUnchanged() {
    var random = new Random(7);
    byte[] sent =
        Bytes.concat(
            frame(HEADERS, 4, 1, new byte[300]),
            frame(DATA, 0, 1, new byte[70_000]),
            frame(DATA, 1, 1),
            frame(HEADERS, 4, 3),
            frame(WINDOW_UPDATE, 0, 3, new byte[4]),
            PINGED,
            frame(DATA, 0, 3, new byte[1]));
    for (int round = 0; round < 200; round++) {
      EmbeddedChannel channel = connection();
      received(channel);
      int at = 0;
      while (at < sent.length) {
        int size = Math.min(sent.length - at, 1 + random.nextInt(round < 100 ? 12 : 40_000));
        channel.writeInbound(Unpooled.copiedBuffer(sent, at, size));
        at += size;
      }
      assertThat(received(channel)).isEqualTo(sent);
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {PRIORITY, SETTINGS, PING, Http2Bytes.GOAWAY, WINDOW_UPDATE, CONTINUATION, 5, 10, 255})
  void read_framesWithoutProgress_areSlowedDownToTheirRate(int type) {
    EmbeddedChannel channel = connection();
    received(channel);
    byte[] flood = frame(type, 0, 0, new byte[8]);
    for (int each = 0; each < 100; each++) {
      write(channel, flood);
    }

    assertThat(channel.config().isAutoRead()).isFalse();
    // The opening's SETTINGS is one of the ten.
    assertThat(received(channel).length).isBetween(9 * flood.length, 10 * flood.length);
    pass(channel, Duration.ofSeconds(1));
    assertThat(received(channel).length).isBetween(9 * flood.length, 11 * flood.length);
  }

  @Test
  void read_emptyData_isAFrameWithoutProgressUnlessItEndsTheRequest() {
    EmbeddedChannel channel = connection();
    for (int each = 0; each < 100; each++) {
      write(channel, frame(DATA, 1, 1));
    }
    assertThat(channel.config().isAutoRead()).isTrue();
    for (int each = 0; each < 100; each++) {
      write(channel, frame(DATA, 0, 1));
    }
    assertThat(channel.config().isAutoRead()).isFalse();
  }

  @Test
  void read_burstOfResets_isReadWholeAfterAWhileAndTheConnectionStays() {
    EmbeddedChannel channel = connection();
    received(channel);
    for (int each = 0; each < 90; each++) {
      write(channel, RESET);
    }
    for (int tenth = 0; tenth < 40; tenth++) {
      pass(channel, Duration.ofMillis(100));
    }

    assertThat(received(channel)).hasSize(90 * RESET.length);
    assertThat(channel.config().isAutoRead()).isTrue();
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void read_resetsBeyondPatience_isToldToCalmDownAndClosed() {
    EmbeddedChannel channel = connection();
    for (int tenth = 0; tenth < 60 && channel.isOpen(); tenth++) {
      for (int each = 0; each < 50; each++) {
        write(channel, RESET);
      }
      pass(channel, Duration.ofMillis(100));
    }

    assertThat(channel.isOpen()).isFalse();
    byte[] said = ByteBufUtil.getBytes(channel.<ByteBuf>readOutbound());
    assertThat(said[3]).isEqualTo((byte) Http2Bytes.GOAWAY);
    assertThat(said[16]).as("ENHANCE_YOUR_CALM").isEqualTo((byte) 0xb);
  }

  @Test
  void read_resetsOfManyConnections_shareOneRate() {
    int read = 0;
    for (int each = 0; each < 10; each++) {
      EmbeddedChannel channel = connection();
      received(channel);
      for (int reset = 0; reset < 100; reset++) {
        write(channel, RESET);
      }
      read += received(channel).length / RESET.length;
    }

    assertThat(read).as("half as many again as one").isEqualTo(30);
  }

  @Test
  void write_answers_earnControlFrames() {
    EmbeddedChannel channel = connection();
    for (int each = 0; each < 1000; each++) {
      channel.writeOutbound(Unpooled.wrappedBuffer(frame(DATA, 0, 1, new byte[600])));
      write(channel, frame(WINDOW_UPDATE, 0, 1, new byte[4]));
    }

    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void write_acknowledgements_earnNothing() {
    EmbeddedChannel channel = connection();
    for (int each = 0; each < 1000; each++) {
      channel.writeOutbound(Unpooled.wrappedBuffer(PINGED));
    }
    for (int each = 0; each < 20; each++) {
      write(channel, PINGED);
    }

    assertThat(channel.config().isAutoRead()).isFalse();
  }

  @Test
  void write_resetsThatTheClientProvokes_countAsItsOwn() {
    EmbeddedChannel channel = connection();
    for (int each = 0; each < 19; each++) {
      channel.writeOutbound(Unpooled.wrappedBuffer(RESET));
    }
    write(channel, RESET);
    assertThat(channel.config().isAutoRead()).isTrue();
    write(channel, RESET);
    assertThat(channel.config().isAutoRead()).isFalse();
  }

  @Test
  void read_whileBytesWait_isNotPassedOn() {
    var asked = new AtomicInteger();
    EmbeddedChannel channel = connection();
    channel
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void read(ChannelHandlerContext ctx) {
                asked.incrementAndGet();
                ctx.read();
              }
            });
    for (int each = 0; each < 40; each++) {
      write(channel, PINGED);
    }
    asked.set(0);

    channel.pipeline().read(); // as HTTP/2 does after each read
    assertThat(asked).hasValue(0);

    for (int second = 0; second < 4; second++) {
      pass(channel, Duration.ofSeconds(1));
    }
    assertThat(asked).as("once all has been handed on").hasValueGreaterThan(0);
  }

  @Test
  void inactive_withBytesHeld_releasesThem() {
    EmbeddedChannel channel = connection();
    ByteBuf flood = Unpooled.buffer();
    for (int each = 0; each < 100; each++) {
      flood.writeBytes(PINGED);
    }
    channel.writeInbound(flood);
    assertThat(flood.refCnt()).isPositive();

    channel.finishAndReleaseAll();

    assertThat(flood.refCnt()).isZero();
  }

  @Test
  void read_firstSettings_isToldOnce() {
    EmbeddedChannel channel = connection();
    write(channel, frame(SETTINGS, 0, 0));

    assertThat(opened).isEqualTo(1);
  }

  private EmbeddedChannel connection() {
    var channel =
        new EmbeddedChannel(
            new FrameGuard(
                new FrameBudget(all, ticker),
                PATIENCE,
                ticker,
                () -> opened++,
                new RefusalLog(ticker)));
    channels.add(channel);
    write(channel, opening());
    return channel;
  }

  private static void write(EmbeddedChannel channel, byte[] bytes) {
    channel.writeInbound(Unpooled.wrappedBuffer(bytes));
  }

  private void pass(EmbeddedChannel channel, Duration time) {
    ticker.advance(time);
    channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    channel.runPendingTasks();
  }

  private static byte[] received(EmbeddedChannel channel) {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
      all.writeBytes(part);
      part.release();
    }
    return ByteBufUtil.getBytes(all);
  }
}
