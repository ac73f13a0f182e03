package io.datastored.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.datastored.etcd.client.EtcdException.Kind;
import io.datastored.etcd.proto.Rpc;
import io.datastored.testkit.ManualTicker;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EtcdLeaseTest {

  private static final Status GONE =
      Status.NOT_FOUND.withDescription("etcdserver: requested lease not found");
  private static final Duration TTL = Duration.ofSeconds(10);

  private final ManualTicker ticker = new ManualTicker(Long.MAX_VALUE - 1);
  private FakeEtcd first;
  private FakeEtcd second;
  private EtcdClient client;

  @BeforeEach
  void start() throws IOException {
    first = FakeEtcd.start();
    second = FakeEtcd.start();
    client =
        EtcdClient.open(
            first.options().endpoints(first.endpoint(), second.endpoint()).build(), ticker);
  }

  @AfterEach
  void stop() {
    client.close();
    first.close();
    second.close();
  }

  @Test
  void lease_runsFromTheSendingOfItsRequest_byMonotonicTime() throws Exception {
    first.grant =
        request -> {
          ticker.advance(Duration.ofSeconds(1));
          return Rpc.LeaseGrantResponse.newBuilder().setID(77).setTTL(request.getTTL()).build();
        };
    EtcdLease lease = client.grant(TTL);
    assertThat(lease.id()).isEqualTo(77);
    assertThat(lease.ttl()).isEqualTo(TTL);
    assertThat(lease.remaining()).isEqualTo(Duration.ofSeconds(9));
    ticker.advance(Duration.ofSeconds(20));
    assertThat(lease.remaining()).isEqualTo(Duration.ZERO);
  }

  @Test
  void renewal_runsFromItsSending() throws Exception {
    EtcdLease lease = client.grant(TTL);
    ticker.advance(Duration.ofSeconds(9));
    first.keepAlive =
        request -> {
          ticker.advance(Duration.ofSeconds(1));
          return Rpc.LeaseKeepAliveResponse.newBuilder().setID(77).setTTL(10).build();
        };
    assertThat(lease.keepAlive()).isTrue();
    assertThat(lease.remaining()).isEqualTo(Duration.ofSeconds(9));
    assertThat(first.keepAlives)
        .containsExactly(Rpc.LeaseKeepAliveRequest.newBuilder().setID(77).build());
  }

  @Test
  void renewal_thatFails_isRepeatedAtTheNextMember() throws Exception {
    EtcdLease lease = client.grant(TTL);
    first.keepAlive = FakeEtcd.failing(Status.UNAVAILABLE);
    assertThat(lease.keepAlive()).isTrue();
    assertThat(second.keepAlives).hasSize(1);
  }

  @Test
  void renewal_thatNobodyAnswers_doesNotProlongTheLease() throws Exception {
    EtcdLease lease = client.grant(TTL);
    ticker.advance(Duration.ofSeconds(4));
    first.keepAlive = FakeEtcd.failing(Status.UNAVAILABLE);
    second.keepAlive = FakeEtcd.failing(Status.UNAVAILABLE);
    EtcdException failed = catchThrowableOfType(EtcdException.class, lease::keepAlive);
    assertThat(failed.kind()).isEqualTo(Kind.ELSEWHERE);
    assertThat(lease.remaining()).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void renewal_ofALeaseThatHasEnded_isFalse() throws Exception {
    EtcdLease lease = client.grant(TTL);
    first.keepAlive = request -> Rpc.LeaseKeepAliveResponse.newBuilder().setID(77).build();
    assertThat(lease.keepAlive()).isFalse();
  }

  @Test
  void grant_isForFullSeconds_atLeastOne() throws Exception {
    assertThat(client.grant(Duration.ofMillis(1500)).ttl()).isEqualTo(Duration.ofSeconds(2));
    assertThat(client.grant(Duration.ofMillis(10)).ttl()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void grant_thatBreaks_isNotRepeated() {
    first.grant = FakeEtcd.failing(Status.UNAVAILABLE);
    EtcdException failed = catchThrowableOfType(EtcdException.class, () -> client.grant(TTL));
    assertThat(failed.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(second.calls).isEmpty();
  }

  @Test
  void put_withALeaseThatHasEnded_saysSo() throws Exception {
    first.txn = FakeEtcd.failing(GONE);
    Txn put = Txn.when().then(Op.put("here/A", ByteString.EMPTY, 77));
    EtcdException failed = catchThrowableOfType(EtcdException.class, () -> client.commit(put));
    assertThat(failed.kind()).isEqualTo(Kind.LEASE_ENDED);
  }

  @Test
  void ask_isWhatEtcdKnows() throws Exception {
    EtcdLease lease = client.grant(TTL);
    assertThat(lease.ask()).contains(Duration.ofSeconds(5));
    first.timeToLive = request -> Rpc.LeaseTimeToLiveResponse.newBuilder().setTTL(-1).build();
    assertThat(lease.ask()).isEmpty();
  }

  @Test
  void revoke_isRepeatedAtTheNextMember_whichNeedNotKnowTheLeaseAnyMore() throws Exception {
    EtcdLease lease = client.grant(TTL);
    first.revoke = FakeEtcd.failing(Status.UNAVAILABLE);
    second.revoke = FakeEtcd.failing(GONE);
    lease.revoke();
    assertThat(second.calls).containsExactly("LeaseRevoke null true");
  }
}
