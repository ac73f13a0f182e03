package io.datastored.testkit.proxy;

import io.datastored.testkit.proxy.Outage.Fault;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A fault proxy is a TCP port of this host that leads to a server, and does to the connections what
 * a bad network does. Thread-safe: under its own lock.
 *
 * <p>A fault lasts until {@link #heal}, but for {@link #cut}, {@link #halfClose} and {@link
 * #strand}, which happen to the connections that are there and cannot be undone.
 */
public final class FaultProxy implements AutoCloseable {

  private final SocketAddress server;
  private final InetSocketAddress address;
  private final Map<Direction, Lane> lanes = new EnumMap<>(Direction.class);
  private final List<Link> links = new ArrayList<>();
  private final List<Outage> outages = new ArrayList<>();
  private final List<Outage> present = new ArrayList<>();
  private ServerSocketChannel listener;
  private Thread acceptor = new Thread(() -> {});
  private boolean listening;
  private boolean closed;

  private FaultProxy(
      SocketAddress server, ServerSocketChannel listener, InetSocketAddress address) {
    this.server = server;
    this.listener = listener;
    this.address = address;
    Direction.BOTH.forEach(direction -> lanes.put(direction, new Lane()));
  }

  /**
   * Starts one that works as if it were not there.
   *
   * @param server a TCP address or a Unix socket; asked for each connection
   */
  public static FaultProxy to(SocketAddress server) throws IOException {
    return LowPorts.bind(
        address -> {
          FaultProxy proxy = new FaultProxy(server, listenAt(address), address);
          proxy.startToAccept();
          return proxy;
        });
  }

  private static ServerSocketChannel listenAt(InetSocketAddress address) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      return listener.bind(address);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  private synchronized void startToAccept() {
    listening = true;
    ServerSocketChannel channel = listener;
    acceptor = new Thread(() -> accept(channel), "proxy-accept");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  private void accept(ServerSocketChannel channel) {
    try {
      while (true) {
        connect(channel.accept());
      }
    } catch (IOException e) {
      // It refuses, or it is closed.
    }
  }

  private void connect(SocketChannel client) {
    SocketChannel onward;
    try {
      onward = SocketChannel.open(server);
    } catch (IOException e) {
      // Nobody is there: that is what the client shall see.
      Link.reset(client);
      return;
    }
    Link link = new Link(client, onward, lanes, this::over);
    boolean late;
    synchronized (this) {
      late = closed;
      links.add(link);
    }
    if (late) {
      link.cut();
    } else {
      link.start();
    }
  }

  private synchronized void over(Link link) {
    links.remove(link);
  }

  /** Where a client connects to. */
  public InetSocketAddress address() {
    return address;
  }

  /** The same as {@code host:port}. */
  public String target() {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** Connections that are open. */
  public synchronized int connections() {
    return links.size();
  }

  /** Nothing arrives any more; it waits, as it does in a network that sends it again. */
  public synchronized void blackhole(List<Direction> directions) {
    begin(Fault.BLACKHOLE, directions);
    directions.forEach(direction -> lanes.get(direction).hold());
  }

  /** The same for ever, but only on the connections that are there: their path is gone. */
  public synchronized void strand() {
    long now = System.nanoTime();
    outages.add(new Outage(Fault.BLACKHOLE, Direction.BOTH, now, now));
    lanes.values().forEach(Lane::hold);
    lanes.replaceAll((direction, lane) -> new Lane());
  }

  /** What comes from now on arrives later, in order. */
  public synchronized void delay(List<Direction> directions, Duration time) {
    begin(Fault.DELAY, directions);
    directions.forEach(direction -> lanes.get(direction).delay(time));
  }

  /** New connections are refused; those that are there go on. */
  public void refuse() throws IOException, InterruptedException {
    Thread last;
    synchronized (this) {
      begin(Fault.REFUSE, Direction.BOTH);
      listening = false;
      listener.close();
      last = acceptor;
    }
    // A channel that is closed still listens while a thread is about to leave accept(). Not under
    // the lock, which that thread may want first.
    last.join();
  }

  /** Resets every connection. New ones are welcome. */
  public void cut() {
    once(Fault.CUT, Direction.BOTH).forEach(Link::cut);
  }

  /** Ends every connection in one direction; the other one goes on. */
  public void halfClose(Direction direction) {
    once(Fault.HALF_CLOSE, List.of(direction)).forEach(link -> link.halfClose(direction));
  }

  private void begin(Fault fault, List<Direction> directions) {
    long now = System.nanoTime();
    present.add(new Outage(fault, directions, now, now));
  }

  private synchronized List<Link> once(Fault fault, List<Direction> directions) {
    long now = System.nanoTime();
    outages.add(new Outage(fault, directions, now, now));
    return List.copyOf(links);
  }

  /** Ends every fault that can be ended. */
  public synchronized void heal() throws IOException {
    lanes.values().forEach(Lane::heal);
    if (!listening) {
      listener = listenAt(address);
      startToAccept();
    }
    long now = System.nanoTime();
    present.forEach(outage -> outages.add(outage.endedAt(now)));
    present.clear();
  }

  /** What it did so far and does no more, in the order of its end. */
  public synchronized List<Outage> outages() {
    return List.copyOf(outages);
  }

  @Override
  public void close() throws IOException {
    List<Link> left;
    synchronized (this) {
      closed = true;
      listener.close();
      left = List.copyOf(links);
    }
    left.forEach(Link::cut);
  }
}
