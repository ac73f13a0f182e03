package io.datastored.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.datastored.etcd.client.EtcdException.Kind;
import io.datastored.etcd.proto.Kv;
import io.datastored.etcd.proto.Rpc;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the client repeats, where, and what it never repeats. */
final class EtcdCallsTest {

  private static final Txn WRITE = Txn.when(Compare.absent("a")).then(Op.put("a", "1"));
  private static final Txn PULSE =
      Txn.when(Compare.createEquals("here/A", 5)).then(Op.delete("nothing")).repeatable();
  private static final RangeQuery READ = RangeQuery.of("a");
  private static final Status UNAVAILABLE = Status.UNAVAILABLE.withDescription("broken");

  private FakeEtcd first;
  private FakeEtcd second;
  private EtcdClient client;

  @BeforeEach
  void start() throws IOException {
    first = FakeEtcd.start();
    second = FakeEtcd.start();
    client = open(options());
  }

  @AfterEach
  void stop() {
    client.close();
    first.close();
    second.close();
  }

  private EtcdOptions.Builder options() {
    return first.options().endpoints(first.endpoint(), second.endpoint());
  }

  private static EtcdClient open(EtcdOptions.Builder options) throws IOException {
    return EtcdClient.open(options.build());
  }

  /** With a short deadline, which the answers of those meet that do not hang. */
  private void reopenImpatient() throws Exception {
    reopen(options().requestTimeout(Duration.ofSeconds(1)));
    await().until(() -> succeeds(() -> client.status(0)) && succeeds(() -> client.status(1)));
    second.calls.clear();
  }

  private void reopen(EtcdOptions.Builder options) throws IOException {
    client.close();
    client = open(options);
  }

  private static Kind kindOf(ThrowingCallable call) {
    return catchThrowableOfType(EtcdException.class, call).kind();
  }

  @Test
  void call_goesToOneMember_whileItAnswers() throws Exception {
    client.range(READ);
    client.commit(WRITE);
    client.commit(PULSE);
    assertThat(first.calls).hasSize(3);
    assertThat(second.calls).isEmpty();
  }

  @Test
  void read_thatFails_isRepeatedAtTheNextMember_whichIsUsedFromThenOn() throws Exception {
    first.range = FakeEtcd.failing(UNAVAILABLE);
    assertThat(client.range(READ).revision()).isEqualTo(7);
    client.range(READ);
    assertThat(first.ranges).hasSize(1);
    assertThat(second.ranges).hasSize(2);
  }

  @Test
  void pulse_thatFails_isRepeatedAtTheNextMember() throws Exception {
    first.txn = FakeEtcd.failing(UNAVAILABLE);
    assertThat(client.commit(PULSE).succeeded()).isTrue();
    assertThat(second.txns).hasSize(1);
  }

  @Test
  void read_thatAllRefuse_asksEachOnce() {
    first.range = FakeEtcd.failing(UNAVAILABLE);
    second.range = FakeEtcd.failing(UNAVAILABLE);
    assertThat(kindOf(() -> client.range(READ))).isEqualTo(Kind.ELSEWHERE);
    assertThat(first.ranges).hasSize(1);
    assertThat(second.ranges).hasSize(1);
  }

  @Test
  void read_withoutAnAnswer_endsWithItsDeadline_andTheNextMemberAnswers() throws Exception {
    reopenImpatient();
    first.range = FakeEtcd.hanging();
    assertThat(client.range(READ).revision()).isEqualTo(7);
    assertThat(second.ranges).hasSize(1);
  }

  /** A second copy would be done, too: etcd 14890, jetcd 1444. */
  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "UNKNOWN", "INTERNAL", "DATA_LOSS"})
  void write_thatBreaks_hasAnUnknownOutcome_andIsSentOnce(Status.Code code) {
    first.txn = FakeEtcd.failing(code.toStatus());
    assertThat(kindOf(() -> client.commit(WRITE))).isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(first.txns).hasSize(1);
    assertThat(second.txns).isEmpty();
  }

  @Test
  void write_withoutAnAnswer_hasAnUnknownOutcome_andTheNextCallGoesElsewhere() throws Exception {
    reopenImpatient();
    first.txn = FakeEtcd.hanging();
    assertThat(kindOf(() -> client.commit(WRITE))).isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(second.txns).isEmpty();
    client.range(READ);
    assertThat(second.ranges).hasSize(1);
  }

  @Test
  void write_whileTheMemberDies_hasAnUnknownOutcome() throws Exception {
    first.txn =
        request -> {
          new Thread(first::close).start();
          throw new FakeEtcd.Hangs();
        };
    assertThat(kindOf(() -> client.commit(WRITE))).isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(second.txns).isEmpty();
  }

  @Test
  void write_thatNobodyCanHaveReceived_goesToTheNextMember() throws Exception {
    first.close();
    assertThat(client.commit(WRITE).succeeded()).isTrue();
    assertThat(second.txns).hasSize(1);
  }

  /** Connections are taken, by the system, but nobody is there: a stopped process. */
  @Test
  void write_toAMemberThatDoesNotShakeHands_goesToTheNextMember() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      reopen(
          EtcdOptions.builder()
              .endpoints("127.0.0.1:" + mute.getLocalPort(), second.endpoint())
              .requestTimeout(Duration.ofSeconds(1)));
      await().until(() -> succeeds(() -> client.status(1)));
      assertThat(client.commit(WRITE).succeeded()).isTrue();
      assertThat(second.txns).hasSize(1);
    }
  }

  @Test
  void write_thatNobodyReceives_isNotDone() {
    first.close();
    second.close();
    assertThat(kindOf(() -> client.commit(WRITE))).isEqualTo(Kind.ELSEWHERE);
  }

  @Test
  void write_toAMemberWithoutALeader_goesToTheNextMember() throws Exception {
    first.txn = FakeEtcd.failing(Status.UNAVAILABLE.withDescription("etcdserver: no leader"));
    assertThat(client.commit(WRITE).succeeded()).isTrue();
    assertThat(first.txns).hasSize(1);
    assertThat(second.txns).hasSize(1);
    assertThat(first.calls).containsExactly("Txn null true");
  }

  @Test
  void read_ofWhatTheMemberHasApplied_needsNoLeader() throws Exception {
    client.range(READ.serializable());
    client.range(READ);
    assertThat(first.calls).containsExactly("Range null null", "Range null true");
  }

  @Test
  void answer_thatIsTooLarge_isRefused_andAWriteMayHaveBeenDone() throws Exception {
    reopen(options().mostResponseBytes(1000));
    first.range =
        request ->
            Rpc.RangeResponse.newBuilder()
                .addKvs(Kv.KeyValue.newBuilder().setValue(ByteString.copyFrom(new byte[2000])))
                .build();
    first.txn =
        request ->
            Rpc.TxnResponse.newBuilder()
                .addResponses(
                    Rpc.ResponseOp.newBuilder()
                        .setResponseRange(
                            first.range.answer(Rpc.RangeRequest.getDefaultInstance())))
                .build();
    assertThat(kindOf(() -> client.range(READ))).isEqualTo(Kind.TOO_LARGE);
    assertThat(kindOf(() -> client.commit(WRITE))).isEqualTo(Kind.OUTCOME_UNKNOWN);
  }

  @Test
  void interrupted_read_endsAtOnce_andTheThreadStaysInterrupted() {
    first.range = FakeEtcd.hanging();
    Thread.currentThread().interrupt();
    assertThat(kindOf(() -> client.range(READ))).isEqualTo(Kind.ELSEWHERE);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(second.ranges).isEmpty();
  }

  @Test
  void memberThatComesBack_isUsedAgain_withoutTheDelayOfGrpc() throws Exception {
    int port = first.port();
    first.close();
    reopen(options().endpoints("127.0.0.1:" + port));
    for (int failures = 0; failures < 6; failures++) {
      assertThat(kindOf(() -> client.range(READ))).isEqualTo(Kind.ELSEWHERE);
    }
    first = FakeEtcd.start(port);
    await().atMost(Duration.ofSeconds(5)).until(() -> succeeds(() -> client.range(READ)));
  }

  private static boolean succeeds(ThrowingCallable call) {
    return catchThrowable(call) == null;
  }

  @Test
  void status_asksTheMemberThatIsMeant() throws Exception {
    MemberStatus status = client.status(1);
    assertThat(status.version()).isEqualTo("3.6.16");
    assertThat(status.leader()).isEqualTo(status.member()).isEqualTo(3);
    assertThat(status.errors()).containsExactly("etcdserver: no space");
    assertThat(second.calls).hasSize(1);
    first.close();
    assertThat(kindOf(() -> client.status(0))).isEqualTo(Kind.ELSEWHERE);
  }
}
