package io.datastored.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Splitter;
import com.google.protobuf.ByteString;
import io.datastored.etcd.client.WatchedRevisions.OutOfOrderException;
import io.datastored.etcd.proto.Kv;
import io.datastored.etcd.proto.Rpc;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Responses, with the events of each as {@code revision key}, become whole revisions. */
final class WatchedRevisionsTest {

  private final RecordedWatch told = new RecordedWatch();
  private final WatchedRevisions revisions = new WatchedRevisions(5, told);

  static Rpc.WatchResponse.Builder response(String... events) {
    Rpc.WatchResponse.Builder response =
        Rpc.WatchResponse.newBuilder().setHeader(FakeEtcd.header(100));
    for (String event : events) {
      List<String> words = Splitter.on(' ').splitToList(event);
      response.addEvents(
          Kv.Event.newBuilder()
              .setType(words.size() > 2 ? Kv.Event.EventType.DELETE : Kv.Event.EventType.PUT)
              .setKv(
                  Kv.KeyValue.newBuilder()
                      .setModRevision(Long.parseLong(words.get(0)))
                      .setKey(ByteString.copyFromUtf8(words.get(1)))));
    }
    return response;
  }

  private void take(String... events) throws OutOfOrderException {
    revisions.take(response(events).build());
  }

  private void takeFragment(String... events) throws OutOfOrderException {
    revisions.take(response(events).setFragment(true).build());
  }

  @Test
  void response_ofSeveralRevisions_isDeliveredOneByOne() throws Exception {
    take("5 a", "5 b deleted", "7 a");
    take("8 c");
    assertThat(told.log).containsExactly("5 PUT a DELETE b", "7 PUT a", "8 PUT c");
  }

  @Test
  void revision_inFragments_isDeliveredWhole() throws Exception {
    takeFragment("5 a", "6 a");
    assertThat(told.log).containsExactly("5 PUT a");
    takeFragment("6 b");
    assertThat(told.log).containsExactly("5 PUT a");
    take("6 c", "7 a");
    assertThat(told.log).containsExactly("5 PUT a", "6 PUT a PUT b PUT c", "7 PUT a");
  }

  @Test
  void progress_isNotDelivered_asIfItWereAChange() throws Exception {
    take();
    take("100 a");
    assertThat(told.log).containsExactly("progress 100", "100 PUT a");
  }

  @Test
  void revision_thatComesAgain_orIsSplitOverResponses_isRefused() throws Exception {
    take("5 a");
    assertThatThrownBy(() -> take("5 b")).isInstanceOf(OutOfOrderException.class);
    assertThat(told.log).containsExactly("5 PUT a");
  }

  @Test
  void revision_fromThePast_isRefused() throws Exception {
    assertThatThrownBy(() -> take("4 a")).isInstanceOf(OutOfOrderException.class);
    take("9 a");
    assertThatThrownBy(() -> take("8 a")).isInstanceOf(OutOfOrderException.class);
    assertThatThrownBy(() -> take("11 a", "10 a")).isInstanceOf(OutOfOrderException.class);
    assertThat(told.log).containsExactly("9 PUT a");
  }

  @Test
  void fragments_withSomethingBetweenThem_areRefused_andNothingTornIsDelivered() throws Exception {
    takeFragment("5 a");
    assertThatThrownBy(() -> take()).isInstanceOf(OutOfOrderException.class);
    assertThat(told.log).isEmpty();
  }
}
