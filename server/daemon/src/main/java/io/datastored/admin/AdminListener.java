package io.datastored.admin;

import com.google.common.net.HostAndPort;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.datastored.access.PageTokens;
import io.datastored.admin.metric.Metrics;
import io.datastored.service.page.PageFeed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * An admin listener is the running HTTP server of the admin room. Thread-safe. Its threads are its
 * own and bounded; a client that does not send its request within {@link #LONGEST_REQUEST}, or does
 * not read the answer within {@link #LONGEST_ANSWER}, is cut off, so that slow clients cannot keep
 * probes from being answered.
 */
public final class AdminListener implements AutoCloseable {
  private static final int THREADS = 16;
  private static final int FOR_PROBES = 4;
  private static final int QUEUE = 64;
  private static final int MOST_PAGES = 32;

  /** Seconds from the first byte of a request to its end. */
  private static final String LONGEST_REQUEST = "10";

  /** Seconds from the end of a request to the end of its answer, also for who reads slowly. */
  private static final String LONGEST_ANSWER = "60";

  static {
    // The HTTP server of the JDK has no other way to set these, and reads them once.
    setUnlessGiven("sun.net.httpserver.maxReqTime", LONGEST_REQUEST);
    setUnlessGiven("sun.net.httpserver.maxRspTime", LONGEST_ANSWER);
    setUnlessGiven("sun.net.httpserver.nodelay", "true");
    setUnlessGiven("jdk.httpserver.maxConnections", "500");
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final ExecutorService looks;
  private final CompletableFuture<Metrics> metrics;
  private final EventStreams streams;
  private final String scheme;
  private final Optional<String> name;

  private AdminListener(
      HttpServer server,
      ExecutorService threads,
      ExecutorService looks,
      CompletableFuture<Metrics> metrics,
      EventStreams streams,
      String scheme,
      Optional<String> name) {
    this.server = server;
    this.threads = threads;
    this.looks = looks;
    this.metrics = metrics;
    this.streams = streams;
    this.scheme = scheme;
    this.name = name;
  }

  /**
   * Starts listening.
   *
   * @param at where; the options may have none
   * @param tls encrypts connections; empty: clear text
   * @throws IOException if the address cannot be used
   */
  public static AdminListener start(
      AdminAddress at, AdminOptions options, Optional<SSLContext> tls, AdminSources sources)
      throws IOException {
    InetSocketAddress address = at.address();
    HttpServer server =
        tls.isPresent() ? encrypted(address, tls.get()) : HttpServer.create(address, 0);
    var threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            named("datastored-admin-%d"));
    threads.allowCoreThreadTimeOut(true);
    // Each check that may hang has at most one run in progress, so they are few.
    ExecutorService looks = Executors.newCachedThreadPool(named("datastored-ready-%d"));
    var pages = new AdminPages(sources, options.statusText(), looks);
    // In the background: the library is loaded while the server goes on to start.
    CompletableFuture<Metrics> metrics =
        CompletableFuture.supplyAsync(
            () -> Metrics.of(sources.metrics(options.seriesPerDatastore()), pages::passed), looks);
    PageTokens tokens = sources.services().overHttp().links().tokens();
    EventStreams streams =
        EventStreams.start(new PageFeed(sources.services().overHttp().page()), tokens, MOST_PAGES);
    sources.access().addListener(streams::onRulesChanged);
    server.setExecutor(threads);
    server.createContext(
        "/",
        new Front(
            pages.all(metrics, streams, AdminAddress.text(server.getAddress())),
            options,
            new Lookers(sources.access(), tokens),
            THREADS - FOR_PROBES));
    server.start();
    return new AdminListener(
        server,
        threads,
        looks,
        metrics,
        streams,
        tls.isPresent() ? "https" : "http",
        options.hosts().stream().findFirst());
  }

  private static HttpServer encrypted(InetSocketAddress address, SSLContext tls)
      throws IOException {
    HttpsServer server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return server;
  }

  /** Daemon threads: one that hangs in a dead mount must not keep the process alive. */
  private static ThreadFactory named(String format) {
    return new ThreadFactoryBuilder().setNameFormat(format).setDaemon(true).build();
  }

  private static void setUnlessGiven(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** The address it listens on, with the port that the system chose. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Where a browser on this host finds it. */
  public String url() {
    return scheme + "://" + AdminAddress.text(address());
  }

  /**
   * Where a browser finds it: by a name that the operator gives, or on this host if it listens on
   * all addresses.
   */
  public String pageUrl() {
    InetSocketAddress address = address();
    String host =
        name.orElseGet(
            () ->
                address.getAddress().isAnyLocalAddress()
                    ? InetAddress.getLoopbackAddress().getHostAddress()
                    : address.getAddress().getHostAddress());
    return scheme + "://" + HostAndPort.fromParts(host, address.getPort()) + "/";
  }

  /** Ends every connection at once. Idempotent. */
  @Override
  public void close() {
    streams.close();
    server.stop(0);
    threads.shutdownNow();
    looks.shutdownNow();
    var unused = metrics.thenAccept(Metrics::close);
  }
}
