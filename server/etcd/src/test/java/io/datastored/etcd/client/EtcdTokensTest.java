package io.datastored.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.datastored.etcd.client.EtcdException.Kind;
import io.datastored.etcd.proto.Rpc;
import io.grpc.Status;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Users, passwords and tokens that expire. */
final class EtcdTokensTest {

  private static final Status EXPIRED =
      Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token");
  private static final Txn WRITE = Txn.when().then(Op.put("a", "1"));

  private final AtomicInteger tokens = new AtomicInteger();
  private FakeEtcd etcd;
  private EtcdClient client;

  @BeforeEach
  void start() throws IOException {
    etcd = FakeEtcd.start();
    etcd.authenticate =
        request ->
            Rpc.AuthenticateResponse.newBuilder()
                .setToken("token" + tokens.incrementAndGet())
                .build();
    client = open();
  }

  private EtcdClient open() throws IOException {
    return EtcdClient.open(etcd.options().login("me", "secret").build());
  }

  @AfterEach
  void stop() {
    client.close();
    etcd.close();
  }

  @Test
  void firstCall_authenticates_andAllCarryTheToken() throws Exception {
    client.range(RangeQuery.of("a"));
    client.commit(WRITE);
    client.watch(new WatchQuery(KeyRange.of("a"), 1), new RecordedWatch()).close();
    assertThat(etcd.authentications)
        .containsExactly(
            Rpc.AuthenticateRequest.newBuilder().setName("me").setPassword("secret").build());
    assertThat(etcd.calls)
        .containsExactly(
            "Authenticate null null", "Range token1 true", "Txn token1 true", "Watch token1 true");
  }

  @Test
  void expiredToken_isReplacedOnce_alsoForAWrite_whichWasNotDone() throws Exception {
    etcd.txn =
        request -> {
          if (tokens.get() == 1) {
            throw EXPIRED.asRuntimeException();
          }
          return Rpc.TxnResponse.newBuilder().setSucceeded(true).build();
        };
    assertThat(client.commit(WRITE).succeeded()).isTrue();
    assertThat(etcd.calls).endsWith("Txn token1 true", "Authenticate null null", "Txn token2 true");
  }

  @Test
  void token_thatIsNeverGoodEnough_isReplacedOnlyOnce() {
    etcd.range = FakeEtcd.failing(EXPIRED);
    EtcdException refused =
        catchThrowableOfType(EtcdException.class, () -> client.range(RangeQuery.of("a")));
    assertThat(refused.kind()).isEqualTo(Kind.AUTHENTICATE);
    assertThat(etcd.ranges).hasSize(2);
    assertThat(etcd.authentications).hasSize(2);
  }

  @Test
  void wrongPassword_isReported_andNothingIsSent() {
    etcd.authenticate =
        FakeEtcd.failing(
            Status.INVALID_ARGUMENT.withDescription(
                "etcdserver: authentication failed, invalid user ID or password"));
    EtcdException refused = catchThrowableOfType(EtcdException.class, () -> client.commit(WRITE));
    assertThat(refused.kind()).isEqualTo(Kind.AUTHENTICATE);
    assertThat(refused).hasMessageContaining("invalid user ID or password");
    assertThat(etcd.txns).isEmpty();
  }

  @Test
  void etcdWithoutUsers_isUsedWithoutAToken() throws Exception {
    etcd.authenticate =
        FakeEtcd.failing(
            Status.FAILED_PRECONDITION.withDescription(
                "etcdserver: authentication is not enabled"));
    client.range(RangeQuery.of("a"));
    client.range(RangeQuery.of("a"));
    assertThat(etcd.calls)
        .containsExactly("Authenticate null null", "Range null true", "Range null true");
  }

  @Test
  void clientWithoutAUser_doesNotRepeatWhatIsDenied() throws Exception {
    client.close();
    client = EtcdClient.open(etcd.options().build());
    etcd.range =
        FakeEtcd.failing(Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied"));
    EtcdException refused =
        catchThrowableOfType(EtcdException.class, () -> client.range(RangeQuery.of("a")));
    assertThat(refused.kind()).isEqualTo(Kind.AUTHENTICATE);
    assertThat(etcd.ranges).hasSize(1);
  }

  /** Etcd says of an expired token, on a watch, that permission is denied (etcd 12385). */
  @Test
  void watch_thatIsDenied_isOpenedOnceMore_withAnotherToken() throws Exception {
    etcd.watch =
        request ->
            Rpc.WatchResponse.newBuilder()
                .setCreated(true)
                .setCanceled(tokens.get() == 1)
                .setCancelReason(
                    tokens.get() == 1
                        ? "rpc error: code = PermissionDenied desc = etcdserver: permission denied"
                        : "")
                .build();
    RecordedWatch told = new RecordedWatch();
    try (EtcdWatch watch = client.watch(new WatchQuery(KeyRange.of("a"), 1), told)) {
      assertThat(watch.isOpen()).isTrue();
    }
    assertThat(etcd.calls)
        .containsExactly(
            "Authenticate null null",
            "Watch token1 true",
            "Authenticate null null",
            "Watch token2 true");
    assertThat(told.log).isEmpty();
  }

  @Test
  void watch_thatIsCutOffForItsToken_leavesANewOneToTheNext() throws Exception {
    RecordedWatch told = new RecordedWatch();
    client.watch(new WatchQuery(KeyRange.of("a"), 1), told);
    etcd.nextWatch().fail(EXPIRED);
    assertThat(told.next()).isEqualTo("AUTHENTICATE");
    client.watch(new WatchQuery(KeyRange.of("a"), 1), told).close();
    assertThat(etcd.calls).endsWith("Authenticate null null", "Watch token2 true");
  }
}
