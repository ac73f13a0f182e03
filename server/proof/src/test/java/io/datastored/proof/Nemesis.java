package io.datastored.proof;

import io.datastored.etcd.testkit.EtcdCluster;
import io.datastored.etcd.testkit.EtcdCtl;
import io.datastored.etcd.testkit.EtcdMember;
import io.datastored.soak.ChildProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A nemesis kills and stops servers, members of etcd and clients, one evil after the other, and
 * undoes each. All the time it makes etcd forget what was a second ago. Confined to one thread.
 */
final class Nemesis {

  /** What is done. */
  enum Evil {
    REPLICA_KILLED,
    REPLICA_STOPPED,
    REPLICA_ENDED,
    MEMBER_KILLED,
    MEMBER_STOPPED,
    LEADER_KILLED,
    LEADER_STOPPED,
    QUORUM_STOPPED,
    REPLICA_AND_MEMBER_KILLED,
    REPLICA_AND_LEADER_STOPPED,
    LEASE_REVOKED,
    NO_SPACE,
    CLIENT_STOPPED
  }

  private static final Pattern REVISION = Pattern.compile("\"revision\":([0-9]+)");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LONGEST_PEACE_MILLIS = 4_000;
  private static final int LONGEST_ABSENCE_MILLIS = 3_000;

  private final ReplicaSite site;
  private final List<ChildProcess> clients;
  private final SplittableRandom random;
  private final Map<Evil, Integer> done = new EnumMap<>(Evil.class);
  private final List<Evil> deck = new ArrayList<>();
  private long compacted;
  private int compactions;
  private int restarts;

  Nemesis(ReplicaSite site, List<ChildProcess> clients, SplittableRandom random) {
    this.site = site;
    this.clients = clients;
    this.random = random;
  }

  /** Does evil for a time; then everything is there and runs again. */
  void rage(Duration time) throws IOException, InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      Evil evil = next();
      long begun = System.nanoTime();
      System.err.printf("nemesis: %d %s%n", begun, evil);
      evil(evil);
      done.merge(evil, 1, Integer::sum);
      pass(random.nextInt(LONGEST_PEACE_MILLIS));
      restarts += site.startWhoIsGone();
    }
    rest();
  }

  /** Each one as often as the others, in an order of chance. */
  private Evil next() {
    if (deck.isEmpty()) {
      deck.addAll(List.of(Evil.values()));
    }
    return deck.remove(random.nextInt(deck.size()));
  }

  /** How often what was done, for people. */
  @Override
  public String toString() {
    return done + ", " + compactions + " compactions, " + restarts + " servers gave up";
  }

  private void evil(Evil evil) throws IOException, InterruptedException {
    EtcdCluster etcd = site.etcd();
    int replica = random.nextInt(ReplicaSite.REPLICAS);
    List<EtcdMember> members = etcd.members();
    EtcdMember member = members.get(random.nextInt(members.size()));
    switch (evil) {
      case REPLICA_KILLED -> {
        site.replica(replica).kill();
        absence();
        site.start(replica);
      }
      case REPLICA_STOPPED -> {
        Duration time = stop();
        site.replica(replica).pause(time);
        pass(time.toMillis());
      }
      case REPLICA_ENDED -> {
        if (!site.replica(replica).terminate(PATIENCE)) {
          throw new AssertionError(ReplicaSite.name(replica) + " does not end");
        }
        site.start(replica);
      }
      case MEMBER_KILLED -> killAndRestart(member);
      case LEADER_KILLED -> killAndRestart(etcd.leader());
      case MEMBER_STOPPED -> stopAll(List.of(member));
      case LEADER_STOPPED -> stopAll(List.of(etcd.leader()));
      case QUORUM_STOPPED ->
          stopAll(members.stream().filter(each -> each != member).limit(2).toList());
      case REPLICA_AND_MEMBER_KILLED -> {
        site.replica(replica).kill();
        killAndRestart(member);
        site.start(replica);
      }
      case REPLICA_AND_LEADER_STOPPED -> {
        site.replica(replica).pause(stop());
        stopAll(List.of(etcd.leader()));
      }
      case LEASE_REVOKED -> revoke();
      case NO_SPACE -> {
        etcd.raiseNoSpace();
        pass(stop().toMillis());
        etcd.disarm();
      }
      case CLIENT_STOPPED -> {
        // Of the clients one is enough: a grant outlives its holder's attention only for its ttl.
        clients.get(random.nextInt(clients.size())).pause(Duration.ofMillis(random.nextInt(4_000)));
      }
    }
  }

  /** From shorter than a server's authority to long after its end. */
  private Duration stop() {
    long ttl = ReplicaSite.REPLICA_TTL.toMillis();
    return Duration.ofMillis(random.nextLong(ttl / 2, 3 * ttl));
  }

  private void absence() throws InterruptedException {
    pass(random.nextInt(LONGEST_ABSENCE_MILLIS));
  }

  private void killAndRestart(EtcdMember member) throws InterruptedException {
    member.kill();
    absence();
    member.restart();
  }

  private void stopAll(List<EtcdMember> members) throws InterruptedException {
    members.forEach(EtcdMember::pause);
    pass(stop().toMillis());
    members.forEach(EtcdMember::resume);
  }

  /** Of some server, as etcd itself did it too early. */
  private void revoke() {
    EtcdCtl.Outcome leases = site.etcd().ctl().run("", "lease", "list");
    List<String> ids =
        leases.out().lines().filter(line -> line.matches("[0-9a-f]{10,16}")).sorted().toList();
    if (!ids.isEmpty()) {
      EtcdCtl.Outcome unused =
          site.etcd().ctl().run("", "lease", "revoke", ids.get(random.nextInt(ids.size())));
    }
  }

  /** Lets time pass, in which etcd is compacted each second. */
  private void pass(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
      compact();
    }
  }

  /** Fails while etcd has no quorum; then it is for later. */
  private void compact() {
    if (System.nanoTime() - compacted < TimeUnit.SECONDS.toNanos(1)) {
      return;
    }
    compacted = System.nanoTime();
    if (site.etcd().members().stream().filter(EtcdMember::isRunning).count() < 2) {
      return;
    }
    EtcdCtl ctl = site.etcd().ctl();
    Matcher revision = REVISION.matcher(ctl.run("", "get", "-", "--write-out=json").out());
    if (revision.find() && ctl.run("", "compaction", revision.group(1)).status() == 0) {
      compactions++;
    }
  }

  private void rest() throws IOException {
    site.etcd().awaitHealthy();
    site.etcd().disarm();
    restarts += site.startWhoIsGone();
    site.awaitReady();
  }
}
