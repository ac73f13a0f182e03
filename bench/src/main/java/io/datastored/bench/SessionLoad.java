package io.datastored.bench;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.util.Durations;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.SessionServiceGrpc;
import io.datastored.v1.StatusRequest;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Measures what idle sessions cost the server, and what it costs other clients when all of them end
 * at once. Confined to its thread.
 */
final class SessionLoad {

  private static final int CONNECTIONS = 50;
  private static final int DATASTORES = 10;
  private static final int LEASES_OF_A_SESSION = 10;
  private static final int IN_FLIGHT = 64;
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final double CPU_BOUND_PERCENT = 10;
  private static final double LOOKUP_BOUND_MILLIS = 50;

  private final ServedSite site;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final int sessions;
  private final long wantedMillis;

  /**
   * The ttl that the server currently grants: it lengthens the ttl when there are many sessions.
   */
  private volatile long ttlMillis;

  private final Bounds bounds = new Bounds();
  private final Semaphore inFlight = new Semaphore(IN_FLIGHT);
  private final AtomicLong failures = new AtomicLong();

  private SessionLoad(ServedSite site, int sessions, long ttlMillis) {
    this.site = site;
    this.sessions = sessions;
    this.wantedMillis = ttlMillis;
    this.ttlMillis = ttlMillis;
    for (int i = 0; i < CONNECTIONS; i++) {
      channels.add(site.connect());
    }
  }

  /**
   * @param args {@code --short} for a tenth, with a ttl of 3 s instead of the default of 10 s
   */
  public static void main(String[] args) throws Exception {
    boolean isShort = List.of(args).contains("--short");
    int code;
    try (ServedSite site = ServedSite.start(DATASTORES, List.of("--no-earlier-leases"))) {
      SessionLoad load = new SessionLoad(site, isShort ? 1_000 : 10_000, isShort ? 3_000 : 10_000);
      load.fill();
      System.out.printf(
          "%d sessions with %d leases on %d connections, ttl %d s wanted and %d s granted%n%n",
          load.sessions,
          load.sessions * LEASES_OF_A_SESSION,
          CONNECTIONS,
          load.wantedMillis / 1000,
          load.ttlMillis / 1000);
      load.keepAliveCost(
          Duration.ofSeconds(isShort ? 4 : 10), Duration.ofSeconds(isShort ? 5 : 30));
      load.endOfAll();
      code = load.bounds.exitCode();
    }
    System.exit(code);
  }

  /**
   * Opens all sessions and acquires all leases while renewing the open ones as often as a client
   * would.
   */
  private void fill() {
    long next = System.nanoTime();
    for (int i = 0; i < sessions * (1 + LEASES_OF_A_SESSION); i++) {
      if (i < sessions) {
        call(this::open, i);
      } else {
        call(this::lookup, i - sessions);
      }
      if (System.nanoTime() > next) {
        keepAliveAll(Math.min(i + 1, sessions));
        next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ttlMillis / 3);
      }
    }
    keepAliveAll(sessions);
    ServerStatus status = status();
    if (failures.get() > 0
        || status.getSessions() != sessions
        || status.getLeases() != (long) sessions * LEASES_OF_A_SESSION) {
      throw new IllegalStateException(failures + " calls failed: " + status);
    }
  }

  private void keepAliveAll(int count) {
    // The answer to an OpenSession may still be in transit.
    awaitAnswers();
    for (int i = 0; i < count; i++) {
      call(this::keepAlive, i);
    }
    awaitAnswers();
  }

  /** Renews every session every third of its ttl, evenly spread. */
  private void keepAliveCost(Duration warmUp, Duration measured) throws InterruptedException {
    long sent = keepAliveFor(warmUp, 0);
    Duration before = site.cpu();
    long begun = System.nanoTime();
    long done = keepAliveFor(measured, sent) - sent;
    double seconds = (System.nanoTime() - begun) / 1e9;
    double percent = 100 * site.cpu().minus(before).toNanos() / 1e9 / seconds;
    Facts.tell("sessions.cpu", percent);
    System.out.println("| what | number | bound |");
    System.out.println("| --- | ---: | --- |");
    System.out.printf(
        Locale.ROOT,
        "| KeepAlive: %.0f calls/s, processor time of the server | %.1f %% of one core | %s |%n",
        done / seconds,
        percent,
        bounds.atMost("keep-alive load, percent", percent, CPU_BOUND_PERCENT));
    if (failures.get() > 0) {
      throw new IllegalStateException(failures + " calls failed");
    }
  }

  private long keepAliveFor(Duration time, long first) throws InterruptedException {
    double callsOfATick = sessions / (ttlMillis / 3.0) * (TICK_NANOS / 1e6);
    long begun = System.nanoTime();
    long next = first;
    for (long tick = 1; System.nanoTime() - begun < time.toNanos(); tick++) {
      for (long due = first + (long) (tick * callsOfATick); next < due; next++) {
        call(this::keepAlive, (int) (next % sessions));
      }
      TimeUnit.NANOSECONDS.sleep(begun + tick * TICK_NANOS - System.nanoTime());
    }
    awaitAnswers();
    return next;
  }

  /** Renews all sessions at once, so that all end at once, while another client looks up. */
  private void endOfAll() {
    keepAliveAll(sessions);
    Times quiet = Times.of(lookups(() -> status().getSessions() == sessions, ttlMillis / 3));
    Times ending = Times.of(lookups(() -> status().getSessions() > 0, Long.MAX_VALUE));
    Facts.tell("sessions.end", ending.most());
    print("a lookup while all sessions live", quiet, "");
    print(
        "a lookup while all of them end",
        ending,
        bounds.atMost("lookup while sessions end, ms", ending.most(), LOOKUP_BOUND_MILLIS));
    ServerStatus status = status();
    if (status.getLeases() != 0) {
      throw new IllegalStateException("leases outlive their sessions: " + status);
    }
  }

  private static void print(String what, Times times, String bound) {
    System.out.printf(
        Locale.ROOT,
        "| %s: %d times, p50 / p99 / most | %.2f / %.2f / %.2f ms | %s |%n",
        what,
        times.count(),
        times.percentile(50),
        times.percentile(99),
        times.most(),
        bound);
  }

  /** Looks up and releases repeatedly; checks regularly whether to go on. */
  private long[] lookups(BooleanSupplier goOn, long mostMillis) {
    var stub = DatastoreServiceGrpc.newBlockingStub(channels.get(0));
    LookupRequest request =
        LookupRequest.newBuilder()
            .setDatastore("store1")
            .setOperation(Operation.OPERATION_READ)
            .setTtl(Durations.fromSeconds(60))
            .build();
    LongStream.Builder nanos = LongStream.builder();
    long begun = System.nanoTime();
    long looked = begun;
    while (true) {
      long asked = System.nanoTime();
      LookupResponse answer = stub.lookup(request);
      long now = System.nanoTime();
      nanos.add(now - asked);
      ReleaseResponse unused =
          stub.release(
              ReleaseRequest.newBuilder().setLeaseId(answer.getLease().getLeaseId()).build());
      if (now - looked > TimeUnit.MILLISECONDS.toNanos(100)) {
        looked = now;
        if (!goOn.getAsBoolean() || now - begun > TimeUnit.MILLISECONDS.toNanos(mostMillis)) {
          return nanos.build().toArray();
        }
      }
    }
  }

  private ServerStatus status() {
    return DatastoreServiceGrpc.newBlockingStub(channels.get(0))
        .status(StatusRequest.getDefaultInstance())
        .getServer();
  }

  private ListenableFuture<?> open(int i) {
    return SessionServiceGrpc.newFutureStub(channel(i))
        .openSession(
            OpenSessionRequest.newBuilder()
                .setSessionId("session-" + i)
                .setTtl(Durations.fromMillis(wantedMillis))
                .build());
  }

  private ListenableFuture<?> keepAlive(int i) {
    ListenableFuture<KeepAliveResponse> answer =
        SessionServiceGrpc.newFutureStub(channel(i))
            .keepAlive(KeepAliveRequest.newBuilder().setSessionId("session-" + i).build());
    return Futures.transform(answer, this::granted, MoreExecutors.directExecutor());
  }

  private KeepAliveResponse granted(KeepAliveResponse answer) {
    ttlMillis = Durations.toMillis(answer.getTtl());
    return answer;
  }

  private ListenableFuture<?> lookup(int i) {
    int session = i % sessions;
    return DatastoreServiceGrpc.newFutureStub(channel(session))
        .lookup(
            LookupRequest.newBuilder()
                .setDatastore("store" + i % DATASTORES)
                .setOperation(i % 2 == 0 ? Operation.OPERATION_READ : Operation.OPERATION_WRITE)
                .setSessionId("session-" + session)
                .setLeaseId("lease-" + i)
                .build());
  }

  private ManagedChannel channel(int session) {
    return channels.get(session % CONNECTIONS);
  }

  /** Makes a call as soon as the limit of calls in flight allows it. */
  private void call(IntFunction<ListenableFuture<?>> one, int i) {
    inFlight.acquireUninterruptibly();
    Futures.addCallback(
        one.apply(i),
        new FutureCallback<Object>() {
          @Override
          public void onSuccess(@Nullable Object answer) {
            inFlight.release();
          }

          @Override
          public void onFailure(Throwable failure) {
            long unused = failures.incrementAndGet();
            inFlight.release();
          }
        },
        MoreExecutors.directExecutor());
  }

  private void awaitAnswers() {
    inFlight.acquireUninterruptibly(IN_FLIGHT);
    inFlight.release(IN_FLIGHT);
  }
}
