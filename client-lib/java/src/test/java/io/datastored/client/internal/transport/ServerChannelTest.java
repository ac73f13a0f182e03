package io.datastored.client.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.client.ClientOptions;
import io.datastored.client.ClientSources;
import io.datastored.client.fake.ManualTime;
import io.datastored.client.internal.loop.ClientClock;
import io.datastored.client.internal.loop.Counters;
import io.datastored.client.internal.loop.Loop;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.SessionServiceGrpc;
import io.grpc.ConnectivityState;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When calls are repeated, and when the channel reconnects. */
final class ServerChannelTest {

  private static final Duration ONE_ATTEMPT = Duration.ofSeconds(1);

  private final ManualTime time = new ManualTime();
  private final ClientOptions options =
      ClientOptions.builder("nowhere")
          .sources(new ClientSources(time, time, new Random(1), () -> "id"))
          .build();
  private final FakeChannel channel = new FakeChannel();
  private final List<Failure> failures = new ArrayList<>();
  private final List<Long> answers = new ArrayList<>();
  private final ServerChannel server =
      new ServerChannel(
          () -> channel,
          new Loop(time),
          new ClientClock(options.sources()),
          new Counters(),
          new Targets(options.targets(), options.sources().random()),
          options);

  @Test
  void timeout_doublesWithEachFailure_upToEightAttempts() {
    assertThat(server.detector().timeout(0)).isEqualTo(Duration.ofSeconds(1));
    assertThat(server.detector().timeout(1)).isEqualTo(Duration.ofSeconds(2));
    assertThat(server.detector().timeout(3)).isEqualTo(Duration.ofSeconds(8));
    assertThat(server.detector().timeout(9)).isEqualTo(Duration.ofSeconds(8));
  }

  @Test
  void timeout_isTwiceWhatTheLastAnswerTook_ifThatIsMore_upToHalfTheDeadlineOfACall() {
    answerAfter(Duration.ofSeconds(2));
    assertThat(server.detector().timeout(0)).isEqualTo(Duration.ofSeconds(4));
    assertThat(server.detector().timeout(3)).isEqualTo(Duration.ofSeconds(8));
    answerAfter(Duration.ofSeconds(6));
    assertThat(server.detector().timeout(0))
        .as("half of a deadline")
        .isEqualTo(Duration.ofSeconds(5));
    answerAfter(Duration.ofMillis(1));
    assertThat(server.detector().timeout(0)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void timeout_afterTheServerWasLeft_knowsNothingOfTheNext() {
    answerAfter(Duration.ofSeconds(2));
    assertThat(server.leave()).isPresent();
    assertThat(server.detector().timeout(0)).isEqualTo(ONE_ATTEMPT);
  }

  @Test
  void answer_isCountedFromTheMomentItsRequestGotAConnection() {
    List<Long> sent = new ArrayList<>();
    Call unused = begin(sent);
    FakeChannel.Made call = channel.calls.get(0);
    time.advance(Duration.ofSeconds(2));
    long connectedAt = time.getAsLong();
    call.connected();
    time.advance(Duration.ofMillis(10));
    call.answer(KeepAliveResponse.getDefaultInstance());
    time.run();
    assertThat(sent).containsExactly(connectedAt);
    assertThat(server.detector().timeout(0))
        .as("nothing is learnt from the wait")
        .isEqualTo(ONE_ATTEMPT);
  }

  @Test
  void answer_ofATransportThatTellsNothing_isCountedFromTheCall() {
    List<Long> sent = new ArrayList<>();
    long begunAt = time.getAsLong();
    Call unused = begin(sent);
    time.advance(Duration.ofMillis(10));
    channel.calls.get(0).answer(KeepAliveResponse.getDefaultInstance());
    time.run();
    assertThat(sent).containsExactly(begunAt);
  }

  @Test
  void opening_isWaitedForLong_butNotBeyondATerm_unlessItHasFailed() {
    assertThat(server.detector().openTimeout(Duration.ofSeconds(10), 0))
        .isEqualTo(Duration.ofSeconds(8));
    assertThat(server.detector().openTimeout(Duration.ofSeconds(3), 0))
        .isEqualTo(Duration.ofSeconds(3));
    assertThat(server.detector().openTimeout(Duration.ofSeconds(3), 2))
        .isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void timeOuts_makeAnotherConnection_moreAndMoreRarely() {
    timeOut(1);
    assertThat(channel.idles).isZero();
    timeOut(1);
    assertThat(channel.idles).isEqualTo(1);
    timeOut(3);
    assertThat(channel.idles).isEqualTo(1);
    timeOut(1);
    assertThat(channel.idles).isEqualTo(2);
    timeOut(8 + 16 + 16);
    assertThat(channel.idles).isEqualTo(5);
    answerAfter(Duration.ZERO);
    timeOut(2);
    assertThat(channel.idles).as("after an answer").isEqualTo(6);
  }

  @Test
  void timeOuts_ifThereAreOtherServers_makeNoConnectionToThisOne() {
    AtomicInteger elsewhere = new AtomicInteger();
    server.onUnreachable(elsewhere::incrementAndGet);
    timeOut(1);
    assertThat(elsewhere).hasValue(0);
    timeOut(1);
    assertThat(elsewhere).hasValue(1);
    assertThat(channel.idles).isZero();
  }

  /** Both channels of a client may find out at once that their server is away. */
  @Test
  void timeOuts_ofAServerThatHasBeenLeft_moveTheClientNoFurther() {
    AtomicInteger elsewhere = new AtomicInteger();
    server.onUnreachable(elsewhere::incrementAndGet);
    FakeChannel.Made last = call();
    timeOut(1);
    last.end(Status.DEADLINE_EXCEEDED);
    assertThat(server.leave()).isPresent();
    time.run();
    assertThat(elsewhere).hasValue(0);
  }

  @Test
  void callOnce_neverSent_isSentToTheNextServer() {
    FakeChannel.Made first = once();
    assertThat(server.leave()).isPresent();
    time.run();
    assertThat(channel.calls).hasSize(2);
    assertThat(failures).isEmpty();
    first.end(Status.UNAVAILABLE);
    channel.calls.get(1).connected();
    channel.calls.get(1).answer(KeepAliveResponse.getDefaultInstance());
    time.run();
    assertThat(answers).hasSize(1);
    assertThat(failures).isEmpty();
  }

  @Test
  void callOnce_sent_goesOnWhereItIs() {
    FakeChannel.Made first = once();
    first.connected();
    assertThat(server.leave()).isPresent();
    time.run();
    assertThat(channel.calls).hasSize(1);
    first.answer(KeepAliveResponse.getDefaultInstance());
    time.run();
    assertThat(answers).hasSize(1);
  }

  /** A connection is made while the call is taken back: nobody knows whether it was carried out. */
  @Test
  void callOnce_sentWhileItIsTakenBack_fails() {
    FakeChannel.Made first = once();
    first.onCancel = first::connected;
    assertThat(server.leave()).isPresent();
    time.run();
    assertThat(channel.calls).hasSize(1);
    assertThat(failures).singleElement().matches(Failure::isUnavailable);
  }

  @Test
  void timeOut_countsByTheAttemptsThatItTook() {
    FakeChannel.Made call = call();
    time.advance(Duration.ofSeconds(8));
    call.end(Status.DEADLINE_EXCEEDED);
    time.run();
    assertThat(channel.idles).isEqualTo(1);
  }

  @Test
  void timeOut_ofWhatWasSentOnTheConnectionBefore_doesNotCount() {
    FakeChannel.Made early = call();
    FakeChannel.Made earlyToo = call();
    time.advance(Duration.ofSeconds(1));
    timeOut(2);
    assertThat(channel.idles).isEqualTo(1);
    timeOut(3);
    early.end(Status.DEADLINE_EXCEEDED);
    earlyToo.end(Status.DEADLINE_EXCEEDED);
    time.run();
    assertThat(channel.idles).isEqualTo(1);
  }

  @Test
  void callThatIsGivenUpAtItsDeadline_countsLikeATimeOut() {
    for (int i = 0; i < 2; i++) {
      Call given = begin();
      time.advance(Duration.ofSeconds(1));
      given.cancel();
    }
    assertThat(channel.idles).isEqualTo(1);
  }

  @Test
  void callThatIsNotNeededAnyMore_doesNotCount() {
    for (int i = 0; i < 10; i++) {
      begin().cancel();
    }
    assertThat(channel.idles).isZero();
  }

  @Test
  void callThatIsOnlySlow_countsNothing() {
    for (int i = 0; i < 20; i++) {
      Call given = plain();
      time.advance(Duration.ofSeconds(8));
      given.cancel();
      Call unused = plain();
      channel.calls.get(channel.calls.size() - 1).end(Status.DEADLINE_EXCEEDED);
      time.run();
    }
    assertThat(channel.idles).isZero();
  }

  /** The calls were made on that connection and may be repeated. */
  @Test
  void connectionThatIsGivenUp_endsWhatWasAskedOnIt_butForSignsOfLife() {
    Call plain = plain();
    Call sign = begin();
    server.renew();
    time.run();
    assertThat(failures).singleElement().matches(Failure::isTransient);
    channel.calls.get(0).answer(KeepAliveResponse.getDefaultInstance());
    assertThat(failures).as("once").hasSize(1);
    plain.cancel();
    sign.cancel();
  }

  @Test
  void answerThatIsThere_whenItsConnectionIsGivenUp_counts() {
    List<Long> sent = new ArrayList<>();
    Call unused = plain(sent);
    channel.calls.get(0).answer(KeepAliveResponse.getDefaultInstance());
    server.renew();
    time.run();
    assertThat(sent).hasSize(1);
    assertThat(failures).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whileACallWaitsForAConnection_oneIsTriedForAgainAndAgain(boolean vital) {
    Call waiting = vital ? begin() : plain();
    int before = channel.resets;
    channel.state = ConnectivityState.TRANSIENT_FAILURE;
    time.advance(ONE_ATTEMPT.multipliedBy(5));
    assertThat(channel.resets).isEqualTo(before + 5);
    waiting.cancel();
    time.advance(ONE_ATTEMPT.multipliedBy(5));
    assertThat(channel.resets).isEqualTo(before + 5);
    assertThat(failures).isEmpty();
  }

  /** Also after a refused attempt: the channel reports TRANSIENT_FAILURE until it is connected. */
  @ParameterizedTest
  @EnumSource(names = {"CONNECTING", "TRANSIENT_FAILURE"})
  void connectionThatIsLongInMaking_isBegunAnew_andCallsGoOnWaiting(ConnectivityState state) {
    Call unused = plain();
    channel.state = state;
    time.advance(ONE_ATTEMPT);
    assertThat(channel.idles).isZero();
    time.advance(ONE_ATTEMPT);
    assertThat(channel.idles).isEqualTo(1);
    assertThat(failures).isEmpty();
  }

  @Test
  void connectionThatIsThere_isLeftAlone() {
    Call unused = plain();
    time.advance(ONE_ATTEMPT.multipliedBy(10));
    assertThat(channel.idles).isZero();
  }

  private Call begin() {
    return begin(new ArrayList<>());
  }

  private Call begin(List<Long> sent) {
    return server.heartbeat(
        SessionServiceGrpc.getKeepAliveMethod(),
        KeepAliveRequest.getDefaultInstance(),
        ONE_ATTEMPT,
        (answer, sentAt) -> sent.add(sentAt),
        failures::add);
  }

  private Call plain() {
    return plain(new ArrayList<>());
  }

  private Call plain(List<Long> sent) {
    return server.call(
        SessionServiceGrpc.getKeepAliveMethod(),
        KeepAliveRequest.getDefaultInstance(),
        (answer, sentAt) -> sent.add(sentAt),
        failures::add);
  }

  private FakeChannel.Made once() {
    server.callOnce(
        SessionServiceGrpc.getKeepAliveMethod(),
        KeepAliveRequest.getDefaultInstance(),
        ONE_ATTEMPT,
        (answer, sentAt) -> answers.add(sentAt),
        failures::add);
    return channel.calls.get(channel.calls.size() - 1);
  }

  private FakeChannel.Made call() {
    Call unused = begin();
    return channel.calls.get(channel.calls.size() - 1);
  }

  private void answerAfter(Duration took) {
    FakeChannel.Made call = call();
    time.advance(took);
    call.answer(KeepAliveResponse.getDefaultInstance());
    time.run();
  }

  private void timeOut(int times) {
    for (int i = 0; i < times; i++) {
      call().end(Status.DEADLINE_EXCEEDED);
      time.run();
    }
  }
}
