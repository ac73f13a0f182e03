package io.datastored.cli.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingStub;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceImplBase;
import io.datastored.v1.ReleaseRequest;
import io.datastored.v1.ReleaseResponse;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReachedServerTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final String one = InProcessServerBuilder.generateName();
  private final String two = InProcessServerBuilder.generateName();
  private final List<String> called = new ArrayList<>();
  private final List<Server> servers = new ArrayList<>();
  private ReachedServer reached;

  private Server serve(String name) throws IOException {
    Server server =
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(
                new DatastoreServiceImplBase() {
                  @Override
                  public void release(
                      ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
                    called.add(name);
                    observer.onNext(ReleaseResponse.getDefaultInstance());
                    observer.onCompleted();
                  }
                })
            .build()
            .start();
    servers.add(server);
    return server;
  }

  private DatastoreServiceBlockingStub reach() {
    reached =
        new ReachedServer(
            ImmutableList.of(one, two),
            name -> InProcessChannelBuilder.forName(name).directExecutor().build(),
            LONG);
    return DatastoreServiceGrpc.newBlockingStub(reached);
  }

  private static void call(DatastoreServiceBlockingStub stub) {
    ReleaseResponse unused = stub.release(ReleaseRequest.getDefaultInstance());
  }

  @AfterEach
  void stop() {
    reached.shutdownNow();
    servers.forEach(Server::shutdownNow);
    assertThat(reached.isShutdown()).isTrue();
  }

  @Test
  void first_thatAnswers_isCalled() throws Exception {
    serve(one);
    serve(two);
    call(reach());
    assertThat(called).containsExactly(one);
  }

  @Test
  void first_thatIsAway_isPassedOver() throws Exception {
    serve(two);
    call(reach());
    assertThat(called).containsExactly(two);
  }

  @Test
  void server_thatGoesAway_isReplacedByTheNextAttempt_andInTheOtherDirectionToo() throws Exception {
    Server first = serve(one);
    DatastoreServiceBlockingStub stub = reach();
    call(stub);
    first.shutdownNow().awaitTermination();
    Server second = serve(two);
    reached.resetConnectBackoff();
    call(stub);
    second.shutdownNow().awaitTermination();
    serve(one);
    reached.resetConnectBackoff();
    call(stub);
    assertThat(called).containsExactly(one, two, one);
  }

  @Test
  void server_thatIsConnectedAndSilent_isLeft() throws Exception {
    serve(one);
    serve(two);
    DatastoreServiceBlockingStub stub = reach();
    call(stub);
    reached.enterIdle();
    reached.resetConnectBackoff();
    call(stub);
    assertThat(called).containsExactly(one, two);
  }

  @Test
  void server_thatAnswers_isKept() throws Exception {
    serve(two);
    DatastoreServiceBlockingStub stub = reach();
    call(stub);
    serve(one);
    reached.resetConnectBackoff();
    call(stub);
    assertThat(called).containsExactly(two, two);
  }

  @Test
  void nobodyThere_fails() {
    DatastoreServiceBlockingStub stub = reach();
    assertThatThrownBy(() -> call(stub)).isInstanceOf(StatusRuntimeException.class);
  }
}
