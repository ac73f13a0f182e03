package io.datastored.cli.demo;

import com.google.common.collect.ImmutableList;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.AskedOperation;
import io.datastored.cli.view.BlockerSummary;
import io.datastored.cli.view.ServerAddress;
import io.datastored.client.DatastoredClient;
import io.datastored.client.Handle;
import io.datastored.client.LookupOptions;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.MaintenanceMode;
import io.datastored.v1.Operation;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.grpc.InsecureChannelCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A replicas script is the demo of three servers that share one history: one is killed, a lease and
 * a drain go on. Confined to the demo's thread.
 */
final class ReplicasScript {

  private static final ImmutableList<String> NAMES = ImmutableList.of("one", "two", "three");
  private static final String PROGRAM = "nightly backup";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final Path directory;
  private final DemoEtcd etcd;
  private final DemoReplicas replicas;
  private final DemoOutput out;

  ReplicasScript(Path directory, DemoEtcd etcd, DemoReplicas replicas, DemoOutput out) {
    this.directory = directory;
    this.etcd = etcd;
    this.replicas = replicas;
    this.out = out;
  }

  void play() throws IOException, InterruptedException {
    begin();
    try (Connection all =
            Connection.open(
                ServerAddress.parse(
                    replicas.all().stream()
                        .map(DemoReplica::address)
                        .collect(Collectors.joining(","))),
                InsecureChannelCredentials.create(),
                TIMEOUT);
        DatastoredClient backup =
            DatastoredClient.create(
                    all.client(PROGRAM).times(times -> times.withTtl(TIMEOUT)).build())
                .start()) {
      out.title("A program that knows all three takes main for WRITE");
      Handle held = backup.lookup("main", AskedOperation.WRITE.asked(), LookupOptions.DEFAULT);
      DemoReplica killed = server();
      out.tell(
          "lookup", "granted by server %s, fencing token %d".formatted(killed.name(), token(held)));
      DemoReplica present = kill(killed, held);
      drain(killed, present, held);
      comeBack(killed);
    }
  }

  private void begin() throws IOException, InterruptedException {
    out.title("A configuration moves to etcd, and three servers serve it");
    DemoFile file = new DemoFile(directory.resolve("datastore.cfg"));
    file.create();
    List<String> init =
        List.of(
            "cluster",
            "init",
            "--new-history",
            "--from=" + file.path(),
            "--etcd-endpoints=" + etcd.endpoint());
    out.command(init);
    try (DemoProcess command = DemoProcess.start("init", directory, DemoProcess.datastored(init))) {
      command.awaitSuccess();
    }
    for (String name : NAMES) {
      out.command(DemoReplica.command(name, etcd.endpoint()));
      replicas.start(name, directory, etcd.endpoint());
    }
    for (DemoReplica replica : replicas.all()) {
      replica.awaitReady();
      out.tell("server", replica.name() + " is ready");
    }
  }

  /** The one that the program is at. */
  private DemoReplica server() throws InterruptedException {
    return out.await(
        "the program has its session at one of them",
        PATIENCE,
        () -> replicas.alive().stream().filter(each -> each.serves(PROGRAM)).findFirst());
  }

  private DemoReplica kill(DemoReplica killed, Handle held) throws InterruptedException {
    out.title("That server is killed, and is not asked (kill -9)");
    long token = token(held);
    long begin = System.nanoTime();
    killed.kill();
    DemoReplica present = server();
    out.tell(
        "program",
        "goes on at server %s after %s".formatted(present.name(), DemoOutput.since(begin)));
    out.check(
        held.alive() && token(held) == token, "the lease goes on with the same fencing token");
    out.tell("", "its lease is valid, with the same fencing token " + token);
    return present;
  }

  private static long token(Handle held) {
    return held.fencingToken().orElseThrow();
  }

  private void drain(DemoReplica killed, DemoReplica present, Handle held)
      throws InterruptedException {
    DemoReplica other =
        replicas.alive().stream()
            .filter(each -> !each.name().equals(present.name()))
            .findFirst()
            .orElseThrow();
    out.title("main is taken out of service at the third, server " + other.name());
    SetMaintenanceModeResponse offline =
        other.client().mode("main", MaintenanceMode.MAINTENANCE_MODE_OFFLINE, "disk swap");
    for (DemoReplica replica : replicas.alive()) {
      refused(replica);
    }
    try (DemoStream<DrainResponse> drain = other.client().drain(offline.getDatastore())) {
      boolean released = false;
      long begin = System.nanoTime();
      DrainResponse waits = drain.next();
      ImmutableList<String> shown = ImmutableList.of();
      while (waits.getState() == DrainState.DRAIN_STATE_DRAINING) {
        out.check(
            System.nanoTime() - begin < PATIENCE.toNanos(),
            "the drain ends when server %s can have promised nothing any more"
                .formatted(killed.name()));
        shown = show(waits, shown);
        if (!released && shown.toString().contains(PROGRAM)) {
          held.close();
          out.tell("program", "gives its lease back");
          released = true;
          begin = System.nanoTime();
        }
        waits = drain.next();
      }
      out.check(released, "the drain waits for the lease at another server, and names it");
      out.check(waits.getState() == DrainState.DRAIN_STATE_DRAINED, "the drain ends with DRAINED");
      out.tell("drain", "DRAINED %s after the release".formatted(DemoOutput.since(begin)));
    }
  }

  /** Shows who is in the way, if others are than before. */
  private ImmutableList<String> show(DrainResponse waits, ImmutableList<String> before) {
    BlockerSummary summary = new BlockerSummary(waits.getProgress());
    if (!summary.who().equals(before)) {
      out.tell("drain", "waits: " + summary.sentence());
      summary.lines().forEach(line -> out.tell("", line));
    }
    return summary.who();
  }

  private void refused(DemoReplica replica) throws InterruptedException {
    String sentence =
        out.await(
            "server %s refuses main".formatted(replica.name()),
            PATIENCE,
            () -> replica.client().refusal("main", Operation.OPERATION_READ));
    out.tell("server", replica.name() + ": " + sentence);
  }

  private void comeBack(DemoReplica killed) throws IOException, InterruptedException {
    out.title("The killed server comes back");
    killed.restart();
    refused(killed);
    var cleared = killed.client().mode("main", MaintenanceMode.MAINTENANCE_MODE_NONE, "");
    for (DemoReplica replica : replicas.all()) {
      boolean unused =
          out.await(
              "server %s grants READ on main again".formatted(replica.name()),
              PATIENCE,
              () ->
                  replica.client().refusal("main", Operation.OPERATION_READ).isEmpty()
                      ? Optional.of(true)
                      : Optional.empty());
    }
    out.tell("servers", "all three serve main again");
  }
}
