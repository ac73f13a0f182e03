package io.datastored.cli;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceImplBase;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.datastored.v1.StatusRequest;
import io.datastored.v1.StatusResponse;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A server that answers what a test tells it to: for answers that the real one gives rarely or
 * never. Thread-safe: volatile scripts and copy-on-write records.
 */
public final class ScriptedServer extends DatastoreServiceImplBase implements AutoCloseable {

  /** What a stream does when it is opened. */
  public interface WatchScript {
    void play(WatchGenerationRequest request, StreamObserver<WatchGenerationResponse> stream);
  }

  public final List<LookupRequest> lookups = new CopyOnWriteArrayList<>();
  public final List<ReleaseRequest> releases = new CopyOnWriteArrayList<>();
  public final List<WatchGenerationRequest> watches = new CopyOnWriteArrayList<>();

  private volatile Function<LookupRequest, LookupResponse> lookupScript =
      request -> LookupResponse.getDefaultInstance();
  private volatile WatchScript watchScript = (request, stream) -> {};
  public final ScriptedMaintenance maintenance = new ScriptedMaintenance();
  public final ScriptedConfigurations configurations = new ScriptedConfigurations();
  public final ScriptedSessions sessions = new ScriptedSessions();

  private volatile Function<StatusRequest, StatusResponse> statusScript =
      request -> StatusResponse.getDefaultInstance();
  private final Server server;
  private final String address;

  public ScriptedServer() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(this)
            .addService(maintenance)
            .addService(configurations)
            .addService(sessions)
            .build()
            .start();
    address = "127.0.0.1:" + server.getPort();
  }

  public String address() {
    return address;
  }

  public ScriptedServer onLookup(Function<LookupRequest, LookupResponse> script) {
    lookupScript = script;
    return this;
  }

  public ScriptedServer onStatus(Function<StatusRequest, StatusResponse> script) {
    statusScript = script;
    return this;
  }

  public ScriptedServer onWatch(WatchScript script) {
    watchScript = script;
    return this;
  }

  public static StatusRuntimeException refusal(
      Status.Code code, String reason, Map<String, String> metadata, Message... more) {
    var rich =
        com.google.rpc.Status.newBuilder().setCode(code.value()).setMessage("not ready: a text");
    rich.addDetails(
        Any.pack(
            ErrorInfo.newBuilder()
                .setReason(reason)
                .setDomain("datastored")
                .putAllMetadata(metadata)
                .build()));
    for (Message detail : more) {
      rich.addDetails(Any.pack(detail));
    }
    return StatusProto.toStatusRuntimeException(rich.build());
  }

  @Override
  public void lookup(LookupRequest request, StreamObserver<LookupResponse> observer) {
    lookups.add(request);
    answer(request, lookupScript, observer);
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
    answer(request, statusScript, observer);
  }

  /** One answer, or the refusal that the script throws. */
  public static <Q, A> void answer(Q request, Function<Q, A> script, StreamObserver<A> observer) {
    try {
      observer.onNext(script.apply(request));
      observer.onCompleted();
    } catch (StatusRuntimeException refused) {
      observer.onError(refused);
    }
  }

  @Override
  public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
    releases.add(request);
    observer.onNext(ReleaseResponse.newBuilder().setReleased(true).build());
    observer.onCompleted();
  }

  @Override
  public void watchGeneration(
      WatchGenerationRequest request, StreamObserver<WatchGenerationResponse> observer) {
    watches.add(request);
    watchScript.play(request, observer);
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
  }
}
