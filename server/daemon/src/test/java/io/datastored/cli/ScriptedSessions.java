package io.datastored.cli;

import com.google.protobuf.util.Durations;
import io.datastored.v1.CloseSessionRequest;
import io.datastored.v1.CloseSessionResponse;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.ListLeasesRequest;
import io.datastored.v1.ListLeasesResponse;
import io.datastored.v1.ListSessionsRequest;
import io.datastored.v1.ListSessionsResponse;
import io.datastored.v1.OpenSessionRequest;
import io.datastored.v1.OpenSessionResponse;
import io.datastored.v1.SessionServiceGrpc.SessionServiceImplBase;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** The session calls of a {@link ScriptedServer}. Thread-safe as that is. */
public final class ScriptedSessions extends SessionServiceImplBase {

  public final List<OpenSessionRequest> opens = new CopyOnWriteArrayList<>();
  public final List<KeepAliveRequest> keepAlives = new CopyOnWriteArrayList<>();
  public final List<CloseSessionRequest> closes = new CopyOnWriteArrayList<>();
  public final List<ListLeasesRequest> leaseLists = new CopyOnWriteArrayList<>();

  private volatile Function<KeepAliveRequest, KeepAliveResponse> keepAliveScript =
      request -> KeepAliveResponse.newBuilder().setTtl(Durations.fromSeconds(10)).build();
  private volatile Function<OpenSessionRequest, OpenSessionResponse> openScript =
      request ->
          OpenSessionResponse.newBuilder()
              .setSessionId(request.getSessionId())
              .setTtl(request.getTtl())
              .build();
  private volatile Function<ListSessionsRequest, ListSessionsResponse> sessionsScript =
      request -> ListSessionsResponse.getDefaultInstance();
  private volatile Function<ListLeasesRequest, ListLeasesResponse> leasesScript =
      request -> ListLeasesResponse.getDefaultInstance();

  public void onOpen(Function<OpenSessionRequest, OpenSessionResponse> script) {
    openScript = script;
  }

  public void onKeepAlive(Function<KeepAliveRequest, KeepAliveResponse> script) {
    keepAliveScript = script;
  }

  public void onListSessions(Function<ListSessionsRequest, ListSessionsResponse> script) {
    sessionsScript = script;
  }

  public void onListLeases(Function<ListLeasesRequest, ListLeasesResponse> script) {
    leasesScript = script;
  }

  @Override
  public void openSession(
      OpenSessionRequest request, StreamObserver<OpenSessionResponse> observer) {
    opens.add(request);
    ScriptedServer.answer(request, openScript, observer);
  }

  @Override
  public void keepAlive(KeepAliveRequest request, StreamObserver<KeepAliveResponse> observer) {
    keepAlives.add(request);
    ScriptedServer.answer(request, keepAliveScript, observer);
  }

  @Override
  public void closeSession(
      CloseSessionRequest request, StreamObserver<CloseSessionResponse> observer) {
    closes.add(request);
    observer.onNext(CloseSessionResponse.newBuilder().setClosed(true).build());
    observer.onCompleted();
  }

  @Override
  public void listSessions(
      ListSessionsRequest request, StreamObserver<ListSessionsResponse> observer) {
    ScriptedServer.answer(request, sessionsScript, observer);
  }

  @Override
  public void listLeases(ListLeasesRequest request, StreamObserver<ListLeasesResponse> observer) {
    leaseLists.add(request);
    ScriptedServer.answer(request, leasesScript, observer);
  }
}
