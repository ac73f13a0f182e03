package io.datastored.etcd.client;

import io.datastored.etcd.proto.AuthGrpc;
import io.datastored.etcd.proto.KVGrpc;
import io.datastored.etcd.proto.LeaseGrpc;
import io.datastored.etcd.proto.MaintenanceGrpc;
import io.datastored.etcd.proto.Rpc;
import io.datastored.etcd.proto.WatchGrpc;
import io.datastored.testkit.proxy.LowPorts;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A member of etcd that answers by script, on a port of the loopback. Thread-safe. */
final class FakeEtcd implements AutoCloseable {

  /** What answers to one kind of request. */
  @FunctionalInterface
  interface Script<Q, A> {

    /**
     * The answer.
     *
     * @throws StatusRuntimeException the answer
     * @throws Hangs if there is none
     */
    A answer(Q request) throws Hangs;
  }

  /** No answer ever comes. */
  static final class Hangs extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** Like a member whose process is stopped. */
  static <Q, A> Script<Q, A> hanging() {
    return request -> {
      throw new Hangs();
    };
  }

  static <Q, A> Script<Q, A> failing(Status status) {
    return request -> {
      throw status.asRuntimeException();
    };
  }

  volatile Script<Rpc.RangeRequest, Rpc.RangeResponse> range =
      request -> Rpc.RangeResponse.newBuilder().setHeader(header(7)).build();
  volatile Script<Rpc.TxnRequest, Rpc.TxnResponse> txn =
      request -> Rpc.TxnResponse.newBuilder().setHeader(header(7)).setSucceeded(true).build();
  volatile Script<Rpc.LeaseGrantRequest, Rpc.LeaseGrantResponse> grant =
      request -> Rpc.LeaseGrantResponse.newBuilder().setID(77).setTTL(request.getTTL()).build();
  volatile Script<Rpc.LeaseRevokeRequest, Rpc.LeaseRevokeResponse> revoke =
      request -> Rpc.LeaseRevokeResponse.getDefaultInstance();
  volatile Script<Rpc.LeaseKeepAliveRequest, Rpc.LeaseKeepAliveResponse> keepAlive =
      request -> Rpc.LeaseKeepAliveResponse.newBuilder().setID(request.getID()).setTTL(10).build();
  volatile Script<Rpc.LeaseTimeToLiveRequest, Rpc.LeaseTimeToLiveResponse> timeToLive =
      request -> Rpc.LeaseTimeToLiveResponse.newBuilder().setTTL(5).build();
  volatile Script<Rpc.AuthenticateRequest, Rpc.AuthenticateResponse> authenticate =
      failing(
          Status.FAILED_PRECONDITION.withDescription("etcdserver: authentication is not enabled"));
  volatile Script<Rpc.WatchCreateRequest, Rpc.WatchResponse> watch =
      request -> Rpc.WatchResponse.newBuilder().setHeader(header(100)).setCreated(true).build();

  final List<Rpc.RangeRequest> ranges = new CopyOnWriteArrayList<>();
  final List<Rpc.TxnRequest> txns = new CopyOnWriteArrayList<>();
  final List<Rpc.AuthenticateRequest> authentications = new CopyOnWriteArrayList<>();
  final List<Rpc.LeaseKeepAliveRequest> keepAlives = new CopyOnWriteArrayList<>();

  /** The metadata of each call, as {@code method token hasleader}. */
  final List<String> calls = new CopyOnWriteArrayList<>();

  /** The connections from which calls came. */
  final List<String> peers = new CopyOnWriteArrayList<>();

  final BlockingQueue<FakeWatch> watches = new LinkedBlockingQueue<>();
  private final Server server;
  private final int port;

  private FakeEtcd(int port, ServerCredentials credentials) throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), credentials)
            .permitKeepAliveTime(1, TimeUnit.SECONDS);
    for (var service :
        List.of(new Kv(), new Leases(), new Auth(), new Watches(), new Maintenance())) {
      builder.addService(ServerInterceptors.intercept(service, new Notes()));
    }
    server = builder.build().start();
    this.port = server.getPort();
  }

  static FakeEtcd start() throws IOException {
    return start(InsecureServerCredentials.create());
  }

  static FakeEtcd start(ServerCredentials credentials) throws IOException {
    return LowPorts.bind(
        address -> {
          try {
            return new FakeEtcd(address.getPort(), credentials);
          } catch (IOException e) {
            throw (BindException) new BindException(e.getMessage()).initCause(e);
          }
        });
  }

  /** At the port of one that was closed. */
  static FakeEtcd start(int port) throws IOException {
    return new FakeEtcd(port, InsecureServerCredentials.create());
  }

  /** For a client that meets no deadline: the first call of a process takes its time. */
  EtcdOptions.Builder options() {
    return EtcdOptions.builder().endpoints(endpoint()).requestTimeout(Duration.ofSeconds(20));
  }

  static Rpc.ResponseHeader header(long revision) {
    return Rpc.ResponseHeader.newBuilder().setRevision(revision).build();
  }

  int port() {
    return port;
  }

  String endpoint() {
    return "127.0.0.1:" + port();
  }

  FakeWatch nextWatch() throws InterruptedException {
    FakeWatch next = watches.poll(10, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no watch was opened");
    }
    return next;
  }

  /** Ends all calls, as a process that is killed. */
  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static <Q, A> void play(Script<Q, A> script, Q request, StreamObserver<A> answer) {
    try {
      answer.onNext(script.answer(request));
      answer.onCompleted();
    } catch (StatusRuntimeException e) {
      answer.onError(e);
    } catch (Hangs e) {
      // Nothing comes.
    }
  }

  private final class Notes implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      calls.add(
          call.getMethodDescriptor().getBareMethodName()
              + " "
              + headers.get(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER))
              + " "
              + headers.get(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER)));
      peers.add(String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)));
      return next.startCall(call, headers);
    }
  }

  private final class Kv extends KVGrpc.KVImplBase {

    @Override
    public void range(Rpc.RangeRequest request, StreamObserver<Rpc.RangeResponse> answer) {
      ranges.add(request);
      play(range, request, answer);
    }

    @Override
    public void txn(Rpc.TxnRequest request, StreamObserver<Rpc.TxnResponse> answer) {
      txns.add(request);
      play(txn, request, answer);
    }
  }

  private final class Leases extends LeaseGrpc.LeaseImplBase {

    @Override
    public void leaseGrant(
        Rpc.LeaseGrantRequest request, StreamObserver<Rpc.LeaseGrantResponse> answer) {
      play(grant, request, answer);
    }

    @Override
    public void leaseRevoke(
        Rpc.LeaseRevokeRequest request, StreamObserver<Rpc.LeaseRevokeResponse> answer) {
      play(revoke, request, answer);
    }

    @Override
    public void leaseTimeToLive(
        Rpc.LeaseTimeToLiveRequest request, StreamObserver<Rpc.LeaseTimeToLiveResponse> answer) {
      play(timeToLive, request, answer);
    }

    @Override
    public StreamObserver<Rpc.LeaseKeepAliveRequest> leaseKeepAlive(
        StreamObserver<Rpc.LeaseKeepAliveResponse> answer) {
      return new StreamObserver<>() {
        @Override
        public void onNext(Rpc.LeaseKeepAliveRequest request) {
          keepAlives.add(request);
          play(keepAlive, request, answer);
        }

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {}
      };
    }
  }

  private final class Auth extends AuthGrpc.AuthImplBase {

    @Override
    public void authenticate(
        Rpc.AuthenticateRequest request, StreamObserver<Rpc.AuthenticateResponse> answer) {
      authentications.add(request);
      play(authenticate, request, answer);
    }
  }

  private static final class Maintenance extends MaintenanceGrpc.MaintenanceImplBase {

    @Override
    public void status(Rpc.StatusRequest request, StreamObserver<Rpc.StatusResponse> answer) {
      answer.onNext(
          Rpc.StatusResponse.newBuilder()
              .setHeader(header(9).toBuilder().setMemberId(3))
              .setVersion("3.6.16")
              .setLeader(3)
              .addErrors("etcdserver: no space")
              .build());
      answer.onCompleted();
    }
  }

  private final class Watches extends WatchGrpc.WatchImplBase {

    @Override
    public StreamObserver<Rpc.WatchRequest> watch(StreamObserver<Rpc.WatchResponse> answer) {
      return new FakeWatch(answer);
    }
  }

  /** The stream of one watch, as the member sees it. */
  final class FakeWatch implements StreamObserver<Rpc.WatchRequest> {

    final BlockingQueue<Rpc.WatchRequest> requests = new LinkedBlockingQueue<>();
    volatile boolean cancelled;
    private final StreamObserver<Rpc.WatchResponse> answer;

    private FakeWatch(StreamObserver<Rpc.WatchResponse> answer) {
      this.answer = answer;
    }

    @Override
    public void onNext(Rpc.WatchRequest request) {
      requests.add(request);
      if (request.hasCreateRequest()) {
        watches.add(this);
        try {
          answer.onNext(watch.answer(request.getCreateRequest()));
        } catch (StatusRuntimeException e) {
          answer.onError(e);
        } catch (Hangs e) {
          // Nothing comes.
        }
      }
    }

    @Override
    public void onError(Throwable t) {
      cancelled = true;
    }

    @Override
    public void onCompleted() {
      answer.onCompleted();
    }

    Rpc.WatchRequest nextRequest() throws InterruptedException {
      Rpc.WatchRequest next = requests.poll(10, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no request came");
      }
      return next;
    }

    void send(Rpc.WatchResponse.Builder response) {
      answer.onNext(response.build());
    }

    void fail(Status status) {
      answer.onError(status.asRuntimeException());
    }

    void complete() {
      answer.onCompleted();
    }
  }
}
