package io.datastored.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.datastored.etcd.client.EtcdFaults.Effect;
import io.datastored.etcd.proto.Kv;
import io.datastored.etcd.proto.Rpc;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EtcdKvTest {

  private FakeEtcd etcd;
  private EtcdClient client;

  @BeforeEach
  void start() throws IOException {
    etcd = FakeEtcd.start();
    client = EtcdClient.open(etcd.options().build());
  }

  @AfterEach
  void stop() {
    client.close();
    etcd.close();
  }

  private static Kv.KeyValue.Builder stored(String key) {
    return Kv.KeyValue.newBuilder()
        .setKey(bytes(key))
        .setValue(bytes("of " + key))
        .setCreateRevision(2)
        .setModRevision(5)
        .setVersion(3)
        .setLease(77);
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static Rpc.RangeResponse answer(boolean more, Kv.KeyValue.Builder... stored) {
    Rpc.RangeResponse.Builder answer =
        Rpc.RangeResponse.newBuilder()
            .setHeader(FakeEtcd.header(9))
            .setMore(more)
            .setCount(stored.length);
    List.of(stored).forEach(answer::addKvs);
    return answer.build();
  }

  @Test
  void range_ofAKey_hasAllThatEtcdKnowsAboutIt() throws Exception {
    etcd.range = request -> answer(false, stored("a"));
    Range range = client.range(RangeQuery.of("a"));
    assertThat(range.first()).contains(new KeyValue("a", bytes("of a"), 2, 5, 3, 77));
    assertThat(range.first().map(KeyValue::text)).contains("of a");
    assertThat(range.revision()).isEqualTo(9);
    assertThat(range.count()).isEqualTo(1);
    assertThat(etcd.ranges)
        .containsExactly(Rpc.RangeRequest.newBuilder().setKey(bytes("a")).build());
  }

  @Test
  void range_ofNothing_isEmpty() throws Exception {
    Range range = client.range(RangeQuery.of("a"));
    assertThat(range.first()).isEmpty();
    assertThat(RangeQuery.of("a").after(range)).isEmpty();
  }

  @Test
  void query_saysHowMuch_andAtWhichRevision() throws Exception {
    client.range(RangeQuery.prefix("ds/").limit(5).at(8).keysOnly().serializable());
    client.range(RangeQuery.prefix("ds/").countOnly());
    Rpc.RangeRequest.Builder begin =
        Rpc.RangeRequest.newBuilder().setKey(bytes("ds/")).setRangeEnd(bytes("ds0"));
    assertThat(etcd.ranges)
        .containsExactly(
            begin
                .clone()
                .setLimit(5)
                .setRevision(8)
                .setKeysOnly(true)
                .setSerializable(true)
                .build(),
            begin.clone().setCountOnly(true).build());
  }

  @Test
  void pages_areAllOfOneRevision_andReachTheEnd() throws Exception {
    RangeQuery query = RangeQuery.prefix("ds/").limit(1);
    etcd.range = request -> answer(request.getRevision() == 0, stored("ds/b"));
    RangeQuery next = query.after(client.range(query)).orElseThrow();
    assertThat(next.revision()).isEqualTo(9);
    assertThat(next.range().start()).isEqualTo(bytes("ds/b\0"));
    assertThat(next.range().end()).isEqualTo(bytes("ds0"));
    assertThat(next.after(client.range(next))).isEmpty();
  }

  @Test
  void page_thatEndsWithAKeyThatIsNotText_isNotReadAgain() throws Exception {
    ByteString odd = bytes("ds/").concat(ByteString.copyFrom(new byte[] {(byte) 0xff}));
    etcd.range = request -> answer(true, stored("x").setKey(odd));
    RangeQuery query = RangeQuery.prefix("ds/");
    assertThat(query.after(client.range(query)).orElseThrow().range().start().substring(0, 4))
        .isEqualTo(odd);
  }

  @Test
  void txn_carriesCompares_andBothLists() throws Exception {
    client.commit(
        Txn.when(
                Compare.modEquals("head", 7),
                Compare.createEquals("here/A", 3),
                Compare.createAtMost(KeyRange.prefix("life/"), 9),
                Compare.modAtMost(KeyRange.prefix("life/"), 9),
                Compare.absent(KeyRange.prefix("work/main/")),
                Compare.present("schema"),
                Compare.valueEquals("schema", bytes("1")))
            .then(
                Op.put("head", "new"),
                Op.put("here/A", bytes("x"), 77),
                Op.delete("gone/x"),
                Op.delete(KeyRange.prefix("work/")))
            .otherwise(Op.get(RangeQuery.of("head"))));
    Rpc.TxnRequest sent = etcd.txns.get(0);
    assertThat(sent.getCompareList())
        .containsExactly(
            compare(Rpc.Compare.CompareTarget.MOD, "head").setModRevision(7).build(),
            compare(Rpc.Compare.CompareTarget.CREATE, "here/A").setCreateRevision(3).build(),
            compare(Rpc.Compare.CompareTarget.CREATE, "life/")
                .setRangeEnd(bytes("life0"))
                .setResult(Rpc.Compare.CompareResult.LESS)
                .setCreateRevision(10)
                .build(),
            compare(Rpc.Compare.CompareTarget.MOD, "life/")
                .setRangeEnd(bytes("life0"))
                .setResult(Rpc.Compare.CompareResult.LESS)
                .setModRevision(10)
                .build(),
            compare(Rpc.Compare.CompareTarget.CREATE, "work/main/")
                .setRangeEnd(bytes("work/main0"))
                .setCreateRevision(0)
                .build(),
            compare(Rpc.Compare.CompareTarget.CREATE, "schema")
                .setResult(Rpc.Compare.CompareResult.GREATER)
                .setCreateRevision(0)
                .build(),
            compare(Rpc.Compare.CompareTarget.VALUE, "schema").setValue(bytes("1")).build());
    assertThat(sent.getSuccess(1).getRequestPut().getLease()).isEqualTo(77);
    assertThat(sent.getSuccess(3).getRequestDeleteRange().getRangeEnd()).isEqualTo(bytes("work0"));
    assertThat(sent.getSuccessCount()).isEqualTo(4);
    assertThat(sent.getFailureList()).hasSize(1);
  }

  private static Rpc.Compare.Builder compare(Rpc.Compare.CompareTarget target, String key) {
    return Rpc.Compare.newBuilder().setTarget(target).setKey(bytes(key));
  }

  @Test
  void txn_resultHasTheAnswersToItsQueries_inOrder() throws Exception {
    etcd.txn =
        request ->
            Rpc.TxnResponse.newBuilder()
                .setHeader(FakeEtcd.header(12))
                .addResponses(
                    Rpc.ResponseOp.newBuilder()
                        .setResponsePut(Rpc.PutResponse.getDefaultInstance()))
                .addResponses(Rpc.ResponseOp.newBuilder().setResponseRange(answer(false)))
                .addResponses(
                    Rpc.ResponseOp.newBuilder().setResponseRange(answer(false, stored("a"))))
                .build();
    TxnResult result = client.commit(Txn.when().then(Op.get(RangeQuery.of("a"))));
    assertThat(result.succeeded()).isFalse();
    assertThat(result.revision()).isEqualTo(12);
    assertThat(result.ranges()).hasSize(2);
    assertThat(result.ranges().get(0).first()).isEqualTo(Optional.empty());
    assertThat(result.ranges().get(1).first().orElseThrow().key()).isEqualTo("a");
  }

  @Test
  void txn_isRepeatable_ifItOnlyReads_orIfItSaysSo() {
    Op read = Op.get(RangeQuery.of("a"));
    Op write = Op.delete("a");
    assertThat(Txn.when().then(read).otherwise(read).effect()).isEqualTo(Effect.REPEATABLE);
    assertThat(Txn.when().then(write).effect()).isEqualTo(Effect.WRITES);
    assertThat(Txn.when().otherwise(write).effect()).isEqualTo(Effect.WRITES);
    assertThat(Txn.when().repeatable().then(write).effect()).isEqualTo(Effect.REPEATABLE);
  }
}
