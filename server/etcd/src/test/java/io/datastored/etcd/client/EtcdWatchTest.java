package io.datastored.etcd.client;

import static io.datastored.etcd.client.WatchedRevisionsTest.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import io.datastored.etcd.client.EtcdException.Kind;
import io.datastored.etcd.client.FakeEtcd.FakeWatch;
import io.datastored.etcd.proto.Rpc;
import io.datastored.testkit.ManualTicker;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How a watch begins, delivers and ends. The endings are those at which another client of etcd lost
 * events, or became a watcher that is neither alive nor closed.
 */
final class EtcdWatchTest {

  private static final WatchQuery FROM_5 = new WatchQuery(KeyRange.prefix("ds/"), 5);

  private final RecordedWatch told = new RecordedWatch();
  private final ManualTicker ticker = new ManualTicker(Long.MAX_VALUE - 1);
  private FakeEtcd first;
  private FakeEtcd second;
  private EtcdClient client;

  @BeforeEach
  void start() throws IOException {
    first = FakeEtcd.start();
    second = FakeEtcd.start();
    client = open(options());
  }

  private EtcdOptions.Builder options() {
    return first.options().endpoints(first.endpoint(), second.endpoint());
  }

  private EtcdClient open(EtcdOptions.Builder options) throws IOException {
    return EtcdClient.open(options.build(), ticker);
  }

  @AfterEach
  void stop() {
    client.close();
    first.close();
    second.close();
  }

  @Test
  void watch_asksForFragmentsAndProgress_fromItsRevision_andForALeader() throws Exception {
    client.watch(FROM_5, told);
    assertThat(first.nextWatch().nextRequest().getCreateRequest())
        .isEqualTo(
            Rpc.WatchCreateRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("ds/"))
                .setRangeEnd(ByteString.copyFromUtf8("ds0"))
                .setStartRevision(5)
                .setProgressNotify(true)
                .setFragment(true)
                .build());
    assertThat(first.calls).containsExactly("Watch null true");
  }

  @Test
  void watch_hasAConnectionOfItsOwn() throws Exception {
    client.range(RangeQuery.of("a"));
    client.watch(FROM_5, told);
    assertThat(first.peers).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void changes_areDelivered_withTheirKeys() throws Exception {
    client.watch(FROM_5, told);
    first.nextWatch().send(response("6 ds/a", "6 ds/b deleted"));
    assertThat(told.next()).isEqualTo("6 PUT ds/a DELETE ds/b");
  }

  /** The revision of the store says nothing about what has been sent: revisions 5 to 99 come. */
  @Test
  void streamThatBreaks_behindCreated_losesNothing_becauseTheCallerGoesOnWhereItWas()
      throws Exception {
    client.watch(FROM_5, told);
    first.nextWatch().fail(Status.UNAVAILABLE.withDescription("server restart"));
    assertThat(told.next()).isEqualTo("ELSEWHERE");
    assertThat(told.log).hasSize(1);
    client.watch(FROM_5, told);
    FakeWatch again = second.nextWatch();
    assertThat(again.nextRequest().getCreateRequest().getStartRevision()).isEqualTo(5);
    again.send(response("5 ds/a", "99 ds/b"));
    assertThat(told.next()).isEqualTo("5 PUT ds/a");
    assertThat(told.next()).isEqualTo("99 PUT ds/b");
  }

  @ParameterizedTest
  @CsvSource({
    "UNAVAILABLE, , ELSEWHERE",
    "UNAVAILABLE, server restart, ELSEWHERE",
    "UNAVAILABLE, etcdserver: no leader, ELSEWHERE",
    "INTERNAL, , ELSEWHERE",
    "RESOURCE_EXHAUSTED, , ELSEWHERE",
    "UNKNOWN, , ELSEWHERE",
    "CANCELLED, , ELSEWHERE",
    "CANCELLED, etcdserver: watch canceled, ELSEWHERE",
    "DEADLINE_EXCEEDED, , ELSEWHERE",
    "UNAUTHENTICATED, , AUTHENTICATE",
    "PERMISSION_DENIED, , AUTHENTICATE",
  })
  void stream_thatFails_isReportedOnce_andTheWatchIsOver(Status.Code code, String text, Kind kind)
      throws Exception {
    EtcdWatch watch = client.watch(FROM_5, told);
    first.nextWatch().fail(code.toStatus().withDescription(text));
    assertThat(told.next()).isEqualTo(kind.toString());
    assertOver(watch);
  }

  /** Nothing more is said, nothing is opened again, and the next watch works. */
  private void assertOver(EtcdWatch watch) throws Exception {
    assertThat(watch.isOpen()).isFalse();
    watch.requestProgress();
    watch.close();
    int calls = told.log.size();
    assertThat(first.watches).isEmpty();
    assertThat(second.watches).isEmpty();
    client.watch(FROM_5, new RecordedWatch()).close();
    assertThat(first.calls.size() + second.calls.size()).isEqualTo(2);
    assertThat(told.log).hasSize(calls);
  }

  @Test
  void stream_thatEtcdEndsInOrder_isReportedOnce() throws Exception {
    EtcdWatch watch = client.watch(FROM_5, told);
    first.nextWatch().complete();
    assertThat(told.next()).isEqualTo("ELSEWHERE");
    assertOver(watch);
  }

  @Test
  void stream_ofAMemberThatDies_isReportedOnce_andTheNextWatchIsElsewhere() throws Exception {
    EtcdWatch watch = client.watch(FROM_5, told);
    first.close();
    assertThat(told.next()).isEqualTo("ELSEWHERE");
    assertThat(watch.isOpen()).isFalse();
    client.watch(FROM_5, told);
    second.nextWatch().send(response("5 ds/a"));
    assertThat(told.next()).isEqualTo("5 PUT ds/a");
  }

  @Test
  void failures_oneAfterTheOther_openNothingAgain() throws Exception {
    first.watch = FakeEtcd.failing(Status.UNAVAILABLE.withDescription("starting"));
    second.watch = FakeEtcd.failing(Status.UNAVAILABLE.withDescription("starting"));
    EtcdException refused =
        catchThrowableOfType(EtcdException.class, () -> client.watch(FROM_5, told));
    assertThat(refused.kind()).isEqualTo(Kind.ELSEWHERE);
    assertThat(first.watches).hasSize(1);
    assertThat(second.watches).hasSize(1);
    assertThat(told.log).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "50, etcdserver: mvcc: required revision has been compacted, COMPACTED",
    "0, rpc error: code = PermissionDenied desc = etcdserver: permission denied, AUTHENTICATE",
    "0, '', ELSEWHERE",
  })
  void watch_thatEtcdCancels_endsItsStreamToo(long compactRevision, String reason, Kind kind)
      throws Exception {
    EtcdWatch watch = client.watch(FROM_5, told);
    FakeWatch stream = first.nextWatch();
    stream.send(
        Rpc.WatchResponse.newBuilder()
            .setCanceled(true)
            .setCompactRevision(compactRevision)
            .setCancelReason(reason));
    assertThat(told.next()).isEqualTo(kind.toString());
    await().until(() -> stream.cancelled);
    assertOver(watch);
  }

  @Test
  void response_thatIsTooLarge_endsTheWatch() throws Exception {
    client.close();
    client = open(options().mostResponseBytes(1000));
    EtcdWatch watch = client.watch(FROM_5, told);
    first.nextWatch().send(response("6 " + "x".repeat(2000)));
    assertThat(told.next()).isEqualTo("TOO_LARGE");
    assertOver(watch);
  }

  @Test
  void revision_inFragments_isDeliveredWhole_andATornOneNotAtAll() throws Exception {
    client.watch(FROM_5, told);
    FakeWatch stream = first.nextWatch();
    stream.send(response("6 ds/a").setFragment(true));
    stream.send(response("6 ds/b"));
    assertThat(told.next()).isEqualTo("6 PUT ds/a PUT ds/b");
    stream.send(response("7 ds/a").setFragment(true));
    stream.fail(Status.UNAVAILABLE);
    assertThat(told.next()).isEqualTo("ELSEWHERE");
  }

  @Test
  void revision_outOfOrder_endsTheWatch() throws Exception {
    EtcdWatch watch = client.watch(FROM_5, told);
    FakeWatch stream = first.nextWatch();
    stream.send(response("7 ds/a"));
    stream.send(response("7 ds/b"));
    assertThat(told.next()).isEqualTo("7 PUT ds/a");
    assertThat(told.next()).isEqualTo("ELSEWHERE");
    await().until(() -> stream.cancelled);
    assertOver(watch);
  }

  @Test
  void listener_thatFails_endsTheWatch_andIsTold() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    EtcdWatch watch =
        client.watch(
            FROM_5,
            new WatchListener() {
              @Override
              public void changed(long revision, ImmutableList<WatchEvent> events) {
                throw new IllegalStateException("on purpose");
              }

              @Override
              public void ended(EtcdException why) {
                if (why.kind() == Kind.BUG) {
                  ended.countDown();
                }
              }
            });
    first.nextWatch().send(response("7 ds/a"));
    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    assertOver(watch);
  }

  @Test
  void silence_isSeen_andAnAnswerEndsIt() throws Exception {
    EtcdWatch watch = client.watch(FROM_5, told);
    FakeWatch stream = first.nextWatch();
    stream.nextRequest();
    ticker.advance(Duration.ofSeconds(3));
    assertThat(watch.silentFor()).isEqualTo(Duration.ofSeconds(3));
    watch.requestProgress();
    assertThat(stream.nextRequest().hasProgressRequest()).isTrue();
    assertThat(watch.silentFor()).isEqualTo(Duration.ofSeconds(3));
    stream.send(response().setWatchId(-1));
    assertThat(told.next()).isEqualTo("progress 100");
    assertThat(watch.silentFor()).isEqualTo(Duration.ZERO);
  }

  @Test
  void watch_thatIsNotOpenedInTime_isOpenedElsewhere() throws Exception {
    client.close();
    client = open(options().requestTimeout(Duration.ofSeconds(1)));
    first.watch = FakeEtcd.hanging();
    // The connection to the second member takes its time in a process that has just begun.
    await()
        .ignoreExceptions()
        .until(() -> client.watch(FROM_5, told) != null && !second.watches.isEmpty());
    FakeWatch hung = first.nextWatch();
    await().until(() -> hung.cancelled);
    assertThat(told.log).isEmpty();
  }

  @Test
  void close_endsTheStream_andSaysNothing() throws Exception {
    EtcdWatch watch = client.watch(FROM_5, told);
    FakeWatch stream = first.nextWatch();
    watch.close();
    watch.close();
    await().until(() -> stream.cancelled);
    assertThat(told.log).isEmpty();
  }

  @Test
  void client_thatIsClosed_endsItsWatches() throws Exception {
    client.watch(FROM_5, told);
    client.close();
    assertThat(told.next()).isEqualTo("ELSEWHERE");
  }
}
