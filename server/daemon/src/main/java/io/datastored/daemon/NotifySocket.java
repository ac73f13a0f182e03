package io.datastored.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.datastored.admin.Liveness;
import io.datastored.engine.Engine;
import io.datastored.engine.snapshot.Snapshot;
import io.datastored.service.call.ServerLife;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A notify socket is where the program that has started the server wants to be notified: systemd,
 * with {@code Type=notify} and {@code WatchdogSec}, by the protocol of sd_notify(3). Immutable.
 *
 * <p>That program is told when the server is ready, what it serves, what is wrong, and when it
 * stops. Its watchdog hears from the server only as long as that is {@linkplain Liveness alive}: a
 * full disk or a hung mount never restarts it. Messages come from a thread of their own, which
 * waits for nothing else.
 */
final class NotifySocket {

  private static final Logger LOG = LoggerFactory.getLogger(NotifySocket.class);

  private static final Duration LOOK = Duration.ofMillis(250);

  /** Messages go to it: a path, or an abstract name that begins with a zero byte. */
  private final Optional<byte[]> address;

  /** Half of what the watchdog waits for; empty if there is none. */
  private final Optional<Duration> watchdog;

  private NotifySocket(Optional<byte[]> address, Optional<Duration> watchdog) {
    this.address = address;
    this.watchdog = watchdog;
  }

  /**
   * The one that these environment variables name, if any: {@code NOTIFY_SOCKET}, {@code
   * WATCHDOG_USEC}, {@code WATCHDOG_PID}.
   *
   * @param pid of this process
   */
  static NotifySocket of(Map<String, String> environment, long pid) {
    String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
    String watched = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
    return new NotifySocket(
        Optional.of(socket).filter(name -> name.matches("[/@].+")).map(NotifySocket::bytes),
        Optional.of(environment.getOrDefault("WATCHDOG_USEC", ""))
            .filter(micros -> micros.matches("[0-9]{1,15}") && watched.equals(Long.toString(pid)))
            .map(micros -> Duration.ofNanos(Long.parseLong(micros) * 1000 / 2))
            .filter(half -> !half.isZero()));
  }

  static NotifySocket ofThisProcess() {
    return of(System.getenv(), ProcessHandle.current().pid());
  }

  private static byte[] bytes(String name) {
    byte[] bytes = name.getBytes(UTF_8);
    if (bytes[0] == '@') {
      bytes[0] = 0;
    }
    return bytes;
  }

  /**
   * Tells it that a reload begins; systemd then waits for {@link #ready}. The time distinguishes
   * this reload from others, where systemd asks for it ({@code Type=notify-reload}).
   */
  void reloading() {
    tell(reload());
  }

  private static String reload() {
    return "RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000;
  }

  /** Tells it that a reload has ended. */
  void ready() {
    tell("READY=1");
  }

  private void tell(String message) {
    if (address.isPresent() && Epoll.isAvailable()) {
      Socket socket = Socket.newSocketDomainDgram();
      try {
        send(socket, message, address.get());
      } catch (IOException e) {
        LOG.atWarn().setCause(e).log("the service manager cannot be notified of a reload");
      } finally {
        close(socket);
      }
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("closing a socket");
    }
  }

  private static void send(Socket socket, String message, byte[] address) throws IOException {
    byte[] bytes = message.getBytes(UTF_8);
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes);
    socket.sendToDomainSocket(buffer, 0, bytes.length, address);
  }

  /**
   * Tells it that the server is ready, and then how it is, until this is closed.
   *
   * @param again whether a server that stops is followed by another one in this process
   */
  Closeable serving(Engine engine, ServerLife life, BooleanSupplier again) {
    if (address.isEmpty()) {
      return () -> {};
    }
    if (!Epoll.isAvailable()) {
      LOG.atWarn().log("NOTIFY_SOCKET is set, but sockets of this kind cannot be used here");
      return () -> {};
    }
    return new Serving(engine, life, again, address.get(), watchdog).start();
  }

  /** The messages of a server from its start to its end. Confined to its thread once started. */
  private static final class Serving implements Closeable, Runnable {

    private final Engine engine;
    private final ServerLife life;
    private final BooleanSupplier again;
    private final Liveness liveness;
    private final byte[] address;
    private final Optional<Duration> watchdog;
    private final Socket socket = Socket.newSocketDomainDgram();
    private final Thread thread = new Thread(this, "datastored-notify");
    private String status = "";
    private boolean failed;
    private long fed;

    Serving(
        Engine engine,
        ServerLife life,
        BooleanSupplier again,
        byte[] address,
        Optional<Duration> watchdog) {
      this.engine = engine;
      this.life = life;
      this.again = again;
      this.liveness = new Liveness(engine);
      this.address = address;
      this.watchdog = watchdog;
    }

    /** The first message is sent by the caller's thread: it must not be later than the log's. */
    Serving start() {
      status = text();
      fed = System.nanoTime();
      send("READY=1\nSTATUS=" + status);
      thread.setDaemon(true);
      thread.start();
      return this;
    }

    @Override
    public void run() {
      try {
        while (life.whyNotServing().isEmpty()) {
          String now = text();
          if (!now.equals(status)) {
            status = now;
            send("STATUS=" + status);
          }
          feed();
          TimeUnit.NANOSECONDS.sleep(pause().toNanos());
        }
      } catch (InterruptedException e) {
        // Closed.
      }
      if (life.whyNotServing().isPresent()) {
        // After STOPPING, systemd would stop the process when its patience ends.
        send(
            again.getAsBoolean()
                ? reload() + "\nSTATUS=begins again with another history"
                : "STOPPING=1\nSTATUS=finishing the calls in flight");
      }
    }

    private Duration pause() {
      return watchdog.filter(half -> half.compareTo(LOOK) < 0).orElse(LOOK);
    }

    private void feed() {
      if (watchdog.isPresent()
          && System.nanoTime() - fed >= watchdog.get().toNanos()
          && liveness.reasons().isEmpty()) {
        fed = System.nanoTime();
        send("WATCHDOG=1");
      }
    }

    private String text() {
      Snapshot snapshot = engine.snapshot();
      int count = snapshot.byName().size();
      String troubles =
          engine.troubles().ofServer().stream()
              .map(trouble -> trouble.cause().toString())
              .distinct()
              .collect(joining(", "));
      return "serves %d datastore%s, revision %s%s"
          .formatted(
              count,
              count == 1 ? "" : "s",
              snapshot.revision(),
              troubles.isEmpty() ? "" : "; troubles: " + troubles);
    }

    private void send(String message) {
      try {
        NotifySocket.send(socket, message, address);
        failed = false;
      } catch (IOException e) {
        if (!failed) {
          LOG.atWarn().setCause(e).log("the service manager cannot be notified");
        }
        failed = true;
      }
    }

    @Override
    public void close() throws IOException {
      thread.interrupt();
      try {
        thread.join(1000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      socket.close();
    }
  }
}
