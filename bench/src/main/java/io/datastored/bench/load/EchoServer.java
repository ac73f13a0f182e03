package io.datastored.bench.load;

import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.Operation;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An echo server answers with recorded messages and computes nothing: it shows the maximum that the
 * library can reach with messages of these types and sizes. Thread-safe.
 *
 * <p>Lookup answers by operation; Release pushes one frame to every open watch.
 */
final class EchoServer extends DatastoreServiceGrpc.DatastoreServiceImplBase {

  private final LookupResponse lookup;
  private final LookupResponse read;
  private final WatchGenerationResponse frame;
  private final List<StreamObserver<WatchGenerationResponse>> watches =
      new CopyOnWriteArrayList<>();

  private EchoServer(LookupResponse lookup, LookupResponse read, WatchGenerationResponse frame) {
    this.lookup = lookup;
    this.read = read;
    this.frame = frame;
  }

  /**
   * @param args the port, and the file with what was recorded
   */
  public static void main(String[] args) throws Exception {
    EchoServer echo;
    try (InputStream recorded = Files.newInputStream(Path.of(args[1]))) {
      echo =
          new EchoServer(
              LookupResponse.parseDelimitedFrom(recorded),
              LookupResponse.parseDelimitedFrom(recorded),
              WatchGenerationResponse.parseDelimitedFrom(recorded));
    }
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])))
            .directExecutor()
            .maxConcurrentCallsPerConnection(Integer.MAX_VALUE)
            .addService(echo)
            .build()
            .start();
    System.out.println("ready");
    server.awaitTermination();
  }

  @Override
  public void lookup(LookupRequest request, StreamObserver<LookupResponse> answer) {
    answer.onNext(request.getOperation() == Operation.OPERATION_LOOKUP ? lookup : read);
    answer.onCompleted();
  }

  @Override
  public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> answer) {
    for (StreamObserver<WatchGenerationResponse> watch : watches) {
      watch.onNext(frame);
    }
    answer.onNext(ReleaseResponse.newBuilder().setReleased(true).build());
    answer.onCompleted();
  }

  @Override
  public void watchGeneration(
      WatchGenerationRequest request, StreamObserver<WatchGenerationResponse> answers) {
    var watch = (ServerCallStreamObserver<WatchGenerationResponse>) answers;
    watch.setOnCancelHandler(() -> watches.remove(watch));
    watches.add(watch);
    // Like a real server, which sends a first frame at once.
    answers.onNext(frame);
  }
}
