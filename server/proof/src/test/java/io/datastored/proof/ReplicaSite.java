package io.datastored.proof;

import io.datastored.etcd.testkit.EtcdCluster;
import io.datastored.proof.site.Site;
import io.datastored.proof.site.Wire;
import io.datastored.soak.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A replica site is three servers in processes of their own that share one history in three members
 * of etcd, each with a Unix socket that outlives it. Confined to one thread, but for the wires.
 */
final class ReplicaSite implements AutoCloseable {

  static final int REPLICAS = 3;

  /** The shortest time for which a server promises after it has heard of etcd. */
  static final Duration REPLICA_TTL = Duration.ofSeconds(5);

  /** Of leases and sessions. */
  static final Duration TTL = Duration.ofSeconds(2);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** One that answers nothing for so long may be stopped: there are others. */
  private static final int CALL_MILLIS = 1_000;

  private final Site site;
  private final EtcdCluster etcd;
  private final String prefix;
  private final List<Wire> wires;
  private final ChildProcess[] replicas = new ChildProcess[REPLICAS];

  /** Which ones have been started and have not been heard of since. */
  private final boolean[] starting = new boolean[REPLICAS];

  private ReplicaSite(Site site, EtcdCluster etcd, String prefix) {
    this.site = site;
    this.etcd = etcd;
    this.prefix = prefix;
    this.wires =
        IntStream.range(0, REPLICAS)
            .mapToObj(replica -> Wire.to(socket(replica), CALL_MILLIS))
            .toList();
  }

  /** Moves a configuration to etcd and starts the servers. */
  static ReplicaSite start(Site site, EtcdCluster etcd, String prefix)
      throws IOException, InterruptedException {
    ReplicaSite replicas = new ReplicaSite(site, etcd, prefix);
    try {
      replicas.moveToEtcd();
      for (int i = 0; i < REPLICAS; i++) {
        replicas.start(i);
      }
      replicas.awaitReady();
      return replicas;
    } catch (IOException | InterruptedException | RuntimeException e) {
      replicas.close();
      throw e;
    }
  }

  private void moveToEtcd() throws IOException, InterruptedException {
    List<Object> words = new ArrayList<>(List.of("cluster", "init", "--new-history"));
    words.addAll(List.of("--from", site.directory().resolve("datastore.cfg")));
    words.addAll(ofEtcd());
    try (ChildProcess command =
        ChildProcess.start(
            "init",
            site.directory(),
            "io.datastored.cli.Datastored",
            ChildProcess.args(words.toArray()))) {
      if (!command.finish(PATIENCE)) {
        throw new IOException("cluster init does not end");
      }
      if (keys("head").isEmpty()) {
        throw new IOException(
            "cluster init has failed: " + Files.readString(site.directory().resolve("init.log")));
      }
    }
  }

  private List<String> ofEtcd() {
    return List.of(
        "--etcd-endpoints=" + String.join(",", etcd.targets()), "--etcd-prefix=" + prefix);
  }

  static String name(int replica) {
    return "r" + replica;
  }

  private Path socket(int replica) {
    return site.directory().resolve(name(replica) + ".socket");
  }

  /** Where a client finds them, with commas between them. */
  String targets() {
    return IntStream.range(0, REPLICAS)
        .mapToObj(replica -> "unix:" + socket(replica))
        .collect(Collectors.joining(","));
  }

  /** One to each of them. */
  List<Wire> wires() {
    return wires;
  }

  /** Starts one that is not there; it is not waited for. */
  void start(int replica) throws IOException {
    List<String> words = new ArrayList<>(List.of("serve"));
    words.addAll(ofEtcd());
    words.addAll(
        List.of(
            "--replica-name=" + name(replica),
            "--replica-ttl=" + REPLICA_TTL.toSeconds() + "s",
            "--state-dir=" + site.directory().resolve("state-" + name(replica)),
            "--listen=unix:" + socket(replica),
            "--admin-listen=none",
            "--lease-ttl=" + TTL.toSeconds() + "s",
            "--max-lease-ttl=" + TTL.toSeconds() + "s",
            "--grace=2s"));
    replicas[replica] =
        ChildProcess.watched(
            name(replica), site.directory(), "io.datastored.cli.Datastored", words);
    starting[replica] = true;
  }

  /** Waits until each of them can promise; none may be gone or stopped. */
  void awaitReady() throws IOException {
    for (int i = 0; i < REPLICAS; i++) {
      if (starting[i]) {
        String unused = replicas[i].awaitLine("datastored ");
        starting[i] = false;
      }
    }
  }

  ChildProcess replica(int replica) {
    return replicas[replica];
  }

  /** Starts again who has given up, as a service manager does; answers how many. */
  int startWhoIsGone() throws IOException {
    int gone = 0;
    for (int i = 0; i < REPLICAS; i++) {
      if (!replicas[i].isAlive()) {
        start(i);
        gone++;
      }
    }
    return gone;
  }

  EtcdCluster etcd() {
    return etcd;
  }

  /** The names of the keys with a prefix in the history, without it. */
  Set<String> keys(String under) {
    String all = prefix + under;
    return Arrays.stream(etcd.ctl().ask("get", all, "--prefix", "--keys-only").split("\n"))
        .filter(key -> key.startsWith(all))
        .map(key -> key.substring(all.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public void close() {
    for (ChildProcess replica : replicas) {
      if (replica != null) {
        replica.close();
      }
    }
    wires.forEach(Wire::close);
  }
}
