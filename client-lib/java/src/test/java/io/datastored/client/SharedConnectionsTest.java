package io.datastored.client;

import static io.datastored.client.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.client.fake.ManualTime;
import io.datastored.client.internal.transport.FakeChannel;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.SessionServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ForwardingChannelBuilder2;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many channels on few connections: what they share, and what each has of its own. */
final class SharedConnectionsTest {

  private static final class Heard extends ClientCall.Listener<KeepAliveResponse> {
    Status status;

    @Override
    public void onClose(Status closed, Metadata trailers) {
      status = closed;
    }
  }

  private final List<FakeChannel> made = new ArrayList<>();
  private final ManualTime time = new ManualTime();
  private final SharedConnections connections =
      SharedConnections.of(target -> new FakeBuilder(), 2, time);

  private final class FakeBuilder extends ForwardingChannelBuilder2<FakeBuilder> {
    @Override
    protected ManagedChannelBuilder<?> delegate() {
      return InProcessChannelBuilder.forName("not used");
    }

    @Override
    public ManagedChannel build() {
      FakeChannel channel = new FakeChannel();
      made.add(channel);
      return channel;
    }
  }

  @Test
  void connection_carriesAsManyChannelsAsItMay() {
    for (int i = 0; i < 5; i++) {
      ManagedChannel unused = open("there");
    }
    assertThat(made).hasSize(3);
    assertThat(connections.count()).isEqualTo(3);
  }

  @Test
  void connections_toOtherTargets_areOthers() {
    assertThat(open("there")).isNotSameAs(open("elsewhere"));
    assertThat(made).hasSize(2);
  }

  @Test
  void connection_endsWithTheLastChannelOnIt_andItsPlaceIsTakenAgain() {
    ManagedChannel one = open("there");
    ManagedChannel two = open("there");
    one.shutdownNow();
    one.shutdownNow();
    assertThat(made.get(0).shutdown).isFalse();
    ManagedChannel three = open("there");
    assertThat(made).hasSize(1);
    two.shutdownNow();
    three.shutdownNow();
    assertThat(made.get(0).shutdown).isTrue();
    assertThat(connections.count()).isZero();
    ManagedChannel unused = open("there");
    assertThat(made).hasSize(2);
  }

  @Test
  void shutdown_endsTheOwnCallsOnly() throws Exception {
    ManagedChannel one = open("there");
    ManagedChannel two = open("there");
    Heard ofOne = call(one);
    Heard ofTwo = call(two);
    assertThat(one.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
    one.shutdownNow();
    assertThat(ofOne.status.getCode()).isEqualTo(Status.Code.CANCELLED);
    assertThat(ofTwo.status).isNull();
    assertThat(one.isTerminated()).isTrue();
    assertThat(one.awaitTermination(1, TimeUnit.MILLISECONDS)).isTrue();
    assertThat(two.isShutdown()).isFalse();
    assertThat(one.getState(false)).isEqualTo(ConnectivityState.SHUTDOWN);
  }

  @Test
  void termination_isWaitedForUntilTheLastCallHasEnded() throws Exception {
    ManagedChannel one = open("there");
    ManagedChannel unused = open("there");
    Heard heard = call(one);
    one.shutdown();
    assertThat(one.isTerminated()).isFalse();
    assertThat(one.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
    made.get(0).calls.get(0).end(Status.OK);
    assertThat(heard.status.isOk()).isTrue();
    assertThat(one.isTerminated()).isTrue();
  }

  @Test
  void callAfterTheShutdown_fails() {
    ManagedChannel one = open("there");
    one.shutdownNow();
    assertThat(call(one).status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void whatAllAskOfTheConnection_isDoneOnceInAWhile() {
    ManagedChannel one = open("there");
    ManagedChannel two = open("there");
    for (int i = 0; i < 40; i++) {
      one.enterIdle();
      two.enterIdle();
      one.resetConnectBackoff();
      two.resetConnectBackoff();
      time.advance(Duration.ofMillis(125));
    }
    assertThat(made.get(0).idles).isEqualTo(1);
    assertThat(made.get(0).resets).isEqualTo(20);
    one.enterIdle();
    assertThat(made.get(0).idles).isEqualTo(2);
  }

  @Test
  void renewalThatCameTooEarly_isMadeUpFor_unlessSomebodyWasAnsweredMeanwhile() {
    ManagedChannel one = open("there");
    one.enterIdle();
    one.enterIdle();
    time.advance(Duration.ofSeconds(5));
    one.resetConnectBackoff();
    assertThat(made.get(0).idles).isEqualTo(2);
    one.enterIdle();
    Heard unused = call(one);
    made.get(0).calls.get(0).answer(KeepAliveResponse.getDefaultInstance());
    time.advance(Duration.ofSeconds(5));
    one.resetConnectBackoff();
    assertThat(made.get(0).idles).isEqualTo(2);
  }

  @Test
  void threadsOfOneClient_areNotThoseOfTheConnection() {
    List<Executor> given = new ArrayList<>();
    ManagedChannelBuilder<?> own =
        new ForwardingChannelBuilder2<FakeBuilder>() {
          @Override
          protected ManagedChannelBuilder<?> delegate() {
            return InProcessChannelBuilder.forName("not used");
          }

          @Override
          public FakeBuilder offloadExecutor(Executor executor) {
            given.add(executor);
            return new FakeBuilder();
          }
        };
    ManagedChannelBuilder<?> unused =
        SharedConnections.of(target -> own, 2).begin("there").offloadExecutor(Runnable::run);
    assertThat(given).isEmpty();
  }

  @Test
  void of_lessThanOneChannel_isRefused() {
    assertThatThrownBy(() -> SharedConnections.of(target -> new FakeBuilder(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
  }

  @Test
  void clientOnASharedConnection_worksAndEndsAsOnItsOwn() {
    List<SharedConnections> shared = new ArrayList<>();
    var f =
        new ClientFixture(
            builder -> {
              shared.add(SharedConnections.of(builder.build().channels().orElseThrow(), 2));
              return builder.channels(shared.get(0));
            });
    f.start();
    f.lookup(WRITE).close();
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    assertThat(shared.get(0).count()).isEqualTo(1);
    f.server.goDown();
    f.seconds(1);
    f.server.comeUp();
    f.seconds(3);
    assertThat(f.client.state()).isEqualTo(ClientState.FRESH);
    Thread closing = new Thread(f.client::close);
    closing.start();
    while (closing.isAlive()) {
      f.time.run();
      Thread.onSpinWait();
    }
    assertThat(shared.get(0).count()).isZero();
    assertThat(f.server.sessions()).isEmpty();
  }

  private ManagedChannel open(String target) {
    return connections.begin(target).build();
  }

  private static Heard call(ManagedChannel channel) {
    Heard heard = new Heard();
    ClientCall<KeepAliveRequest, KeepAliveResponse> call =
        channel.newCall(SessionServiceGrpc.getKeepAliveMethod(), CallOptions.DEFAULT);
    call.start(heard, new Metadata());
    call.request(2);
    call.sendMessage(KeepAliveRequest.getDefaultInstance());
    call.halfClose();
    return heard;
  }
}
