package io.datastored.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.util.Durations;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.ReplicaState;
import io.datastored.v1.ReplicaStatus;
import io.datastored.v1.Revision;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.StatusResponse;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class ReplicaReportTest {

  private static final ServerStatus STATUS =
      ServerStatus.newBuilder()
          .setDigest("0123456789abcdef")
          .setReplica(ReplicaStatus.newBuilder().setName("a").setLife("aaaaaaaa"))
          .addReplicas(
              ReplicaStatus.newBuilder()
                  .setName("a")
                  .setLife("aaaaaaaa")
                  .setVersion("1.2")
                  .setState(ReplicaState.REPLICA_STATE_HERE)
                  .addAddresses("a:7400")
                  .addAddresses("unix:/run/d.sock")
                  .setApplied(Revision.newBuilder().setGeneration(12)))
          .addReplicas(
              ReplicaStatus.newBuilder()
                  .setName("b")
                  .setLife("bbbbbbbb")
                  .setVersion("1.2")
                  .setState(ReplicaState.REPLICA_STATE_HERE)
                  .addAddresses("b:7400")
                  .setApplied(Revision.newBuilder().setGeneration(9))
                  .setLag(3))
          .addReplicas(
              ReplicaStatus.newBuilder()
                  .setName("c")
                  .setLife("cccccccc")
                  .setState(ReplicaState.REPLICA_STATE_SILENT)
                  .setUnconfirmed(Durations.fromSeconds(12))
                  .setLeft(Durations.fromMillis(30_100)))
          .addReplicas(
              ReplicaStatus.newBuilder()
                  .setName("d")
                  .setLife("dddddddd")
                  .setState(ReplicaState.REPLICA_STATE_LEFT)
                  .setLeft(Durations.fromSeconds(5)))
          .build();

  private static String overview(ServerStatus status) {
    var text = new StringWriter();
    var report =
        new ServerReport(
            new ServerAddress("a:7400", ImmutableList.of("a:7400"), ServerAddress.Reach.THIS_HOST),
            new PrintWriter(text),
            ServerReport.Order.BY_NAME);
    report.add(StatusResponse.newBuilder().setServer(status).build());
    report.print();
    return text.toString();
  }

  @Test
  void overview_showsEveryServer_andSaysFirstWhichAreGone() {
    assertThat(overview(STATUS).lines().map(line -> line.replaceAll(" +", " ")))
        .containsSubsequence(
            "replica a, life aaaaaaaa",
            "replica c is silent for 12s, and drains wait for it for at most 31s",
            "replica d has stopped, and drains wait for it for at most 5s",
            "REPLICA STATE LIFE VERSION GEN LAG ADDRESSES",
            "a (this one) here aaaaaaaa 1.2 12 0 a:7400 unix:/run/d.sock",
            "b here bbbbbbbb 1.2 9 3 b:7400",
            "c silent cccccccc - - -",
            "d left dddddddd - - -");
  }

  @Test
  void overview_ofAServerOutOfTouch_saysSo_alsoToThoseWhoAreNoOperators() {
    ServerStatus apart =
        ServerStatus.newBuilder()
            .setReplica(
                ReplicaStatus.newBuilder().setName("a").setUnconfirmed(Durations.fromSeconds(40)))
            .build();
    assertThat(overview(apart))
        .contains(
            "replica a, without a life",
            "trouble: out of touch with the other replicas for 40s: it grants nothing");
  }

  @Test
  void overview_ofAServerThatIsAlone_doesNotSpeakOfReplicas() {
    assertThat(overview(STATUS.toBuilder().clearReplica().clearReplicas().build()))
        .doesNotContainIgnoringCase("replica");
  }

  @Test
  void overview_aRecordThatCannotBeRead_isForAnOperator() {
    ServerStatus unreadable =
        ServerStatus.newBuilder()
            .setDigest("0123456789abcdef")
            .addReplicas(
                ReplicaStatus.newBuilder()
                    .setName("unknown")
                    .setState(ReplicaState.REPLICA_STATE_SILENT))
            .build();
    assertThat(overview(unreadable))
        .contains("replica unknown is silent for 0s, and drains wait for it until an operator");
  }

  @Test
  void statusOfADatastore_saysWhichServerShowsIt() {
    var text = new StringWriter();
    var report =
        new StatusReport(
            new ServerAddress("a:7400", ImmutableList.of("a:7400"), ServerAddress.Reach.THIS_HOST),
            new PrintWriter(text));
    report.print(
        StatusResponse.newBuilder()
            .setServer(STATUS)
            .addDatastores(
                DatastoreStatus.newBuilder().setDatastore(Datastore.newBuilder().setName("main")))
            .build());
    assertThat(text.toString()).contains("shown by       replica a, life aaaaaaaa");
  }

  @Test
  void lookup_thatIsUnconfirmed_saysSo() {
    var text = new StringWriter();
    new LookupReport(new PrintWriter(text), OutputFormat.TABLE)
        .granted(
            LookupRequest.newBuilder().setDatastore("main").build(),
            LookupResponse.newBuilder().setUnconfirmed(Durations.fromSeconds(40)).build());
    assertThat(text.toString())
        .contains("unconfirmed    for 40s: the server is out of touch with the others");
  }
}
