package io.datastored.etcd.testkit;

import static org.awaitility.Awaitility.await;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A cluster is one or three members of etcd on this host. They and all of their data are gone when
 * it is closed and its directory deleted. Confined to one thread at a time.
 *
 * <p>A bad network is a {@link io.datastored.testkit.proxy.FaultProxy} to the {@link
 * EtcdMember#address} of a member. It is between a client and the member; between members there is
 * none.
 */
public final class EtcdCluster implements AutoCloseable {

  private final EtcdPrograms programs;
  private final ImmutableList<EtcdMember> members;

  private EtcdCluster(EtcdPrograms programs, List<EtcdMember> members) {
    this.programs = programs;
    this.members = ImmutableList.copyOf(members);
  }

  /**
   * Starts one and waits until every member is healthy.
   *
   * @param directory for data and logs
   * @param options of etcd, for each member, such as {@code --quota-backend-bytes=16777216}
   */
  public static EtcdCluster start(Path directory, int members, String... options)
      throws IOException {
    EtcdPrograms programs = EtcdPrograms.ofThisRun();
    List<EtcdMember> prepared = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      prepared.add(EtcdMember.prepare(programs, "etcd" + i, directory));
    }
    String peers = prepared.stream().map(EtcdMember::asPeer).collect(Collectors.joining(","));
    prepared.forEach(member -> member.join(peers, List.of(options)));
    EtcdCluster cluster = new EtcdCluster(programs, prepared);
    try {
      prepared.forEach(EtcdMember::start);
      cluster.awaitHealthy();
      return cluster;
    } catch (AssertionError | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** All of them, dead or alive. */
  public ImmutableList<EtcdMember> members() {
    return members;
  }

  /** Where clients connect to, as {@code host:port}, of all members, dead or alive. */
  public List<String> targets() {
    return members.stream().map(EtcdMember::target).toList();
  }

  /** Etcd's command at the members that are running now. */
  public EtcdCtl ctl() {
    return new EtcdCtl(
        programs, members.stream().filter(EtcdMember::isRunning).map(EtcdMember::target).toList());
  }

  /** Waits until every member is healthy; none may be dead or paused. */
  public void awaitHealthy() {
    members.forEach(EtcdMember::awaitHealthy);
  }

  /** Waits until more than half of the members follow the same leader in the same term. */
  public EtcdMember leader() {
    return await().until(this::followed, Optional::isPresent).orElseThrow();
  }

  private Optional<EtcdMember> followed() {
    Map<Long, EtcdMember> byId = new HashMap<>();
    Map<List<Long>, Integer> followers = new HashMap<>();
    for (EtcdMember member : members) {
      member
          .report()
          .ifPresent(
              report -> {
                byId.put(report.member(), member);
                followers.merge(List.of(report.leader(), report.term()), 1, Integer::sum);
              });
    }
    return followers.entrySet().stream()
        .filter(each -> each.getValue() > members.size() / 2)
        .map(each -> each.getKey().get(0))
        .flatMap(leader -> Optional.ofNullable(byId.get(leader)).stream())
        .findAny();
  }

  /** The revision of the newest commit, by a linearizable read. */
  public long revision() {
    String answer = ctl().ask("get", "no such key", "--write-out=json");
    return Long.parseLong(answer.replaceFirst(".*\"revision\":([0-9]+).*", "$1"));
  }

  /** Forgets what was before a revision. */
  public void compact(long revision) {
    String unused = ctl().ask("compaction", Long.toString(revision));
  }

  /** Revokes a lease, as its end does. */
  public void revoke(long lease) {
    String unused = ctl().ask("lease", "revoke", Long.toHexString(lease));
  }

  /** Makes etcd behave as if one member had no space left, until {@link #disarm}. */
  public void raiseNoSpace() {
    EtcdMember leader = leader();
    String alarm =
        "{\"action\":\"ACTIVATE\",\"alarm\":\"NOSPACE\",\"memberID\":\"%s\"}"
            .formatted(Long.toUnsignedString(leader.report().orElseThrow().member()));
    if (leader.ask("/v3/maintenance/alarm", alarm).isEmpty()) {
      throw new AssertionError(leader + " raises no alarm");
    }
  }

  /** Ends every alarm. */
  public void disarm() {
    String unused = ctl().ask("alarm", "disarm");
  }

  /** Saves what is there now. */
  public void snapshot(Path file) {
    String unused = leader().ctl().ask("snapshot", "save", file.toString());
  }

  /**
   * Sets the whole cluster back, as an operator does: all members are killed, and start again from
   * the snapshot with their old names and addresses.
   */
  public void restore(Path snapshot) throws IOException {
    members.forEach(EtcdMember::kill);
    for (EtcdMember member : members) {
      member.restore(snapshot);
    }
    members.forEach(EtcdMember::start);
    awaitHealthy();
  }

  @Override
  public void close() throws IOException {
    for (EtcdMember member : members) {
      member.close();
    }
  }
}
