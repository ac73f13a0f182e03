package io.datastored.cli.cluster;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.datastored.cli.flag.EtcdFlags;
import io.datastored.cli.flag.OutputFlag;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.OutputFormat;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdException;
import io.datastored.etcd.history.EtcdKeyValues;
import io.datastored.etcd.history.Keys;
import io.datastored.etcd.history.StoredConfiguration;
import io.datastored.etcd.life.LifeKeys;
import io.datastored.etcd.life.Survey;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code datastored cluster status}: shows a history in etcd and its servers. Confined to its
 * thread.
 */
@Command(
    name = "status",
    description = {
      "Shows the members of etcd, the history, and the servers that share it: which are there, how"
          + " far they are, for what drains wait.",
      "It asks etcd, and no server."
    })
final class ClusterStatusCommand implements Callable<Integer> {

  @Mixin OutputFlag output;

  @Mixin EtcdFlags etcd;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    Keys keys = etcd.keys();
    PrintWriter out = spec.commandLine().getOut();
    try (EtcdClient client = etcd.connect()) {
      ImmutableList<ClusterReport.Member> members = members(client);
      // Before the servers are read: none of them seems to be ahead of the history.
      Optional<AcceptedState> state = Optional.empty();
      Optional<String> trouble = Optional.empty();
      try {
        state = Optional.of(StoredConfiguration.read(new EtcdKeyValues(client), keys).state());
      } catch (StoreException e) {
        trouble = Optional.of(EtcdFailure.of(e, keys, "run the command again").sentence());
      }
      Optional<Survey> survey = Optional.empty();
      try {
        survey = Optional.of(Survey.of(client, new LifeKeys(keys)));
      } catch (StoreException e) {
        trouble = trouble.or(() -> Optional.of(String.valueOf(e.getMessage())));
      }
      ClusterReport report = new ClusterReport(keys.toString(), members, state, survey);
      if (output.output == OutputFormat.JSON) {
        report.printJson(out);
      } else {
        report.print(out);
      }
      if (trouble.isPresent()) {
        throw new CommandFailed(
            members.stream().anyMatch(ClusterReport.Member::isUp)
                ? ExitStatus.NO
                : ExitStatus.UNREACHABLE,
            trouble.get());
      }
    }
    return ExitStatus.OK.code();
  }

  private ImmutableList<ClusterReport.Member> members(EtcdClient client) {
    List<String> endpoints = Splitter.on(',').splitToList(etcd.endpoints());
    ImmutableList.Builder<ClusterReport.Member> members = ImmutableList.builder();
    for (int i = 0; i < endpoints.size(); i++) {
      try {
        members.add(new ClusterReport.Member(endpoints.get(i), Optional.of(client.status(i)), ""));
      } catch (EtcdException e) {
        members.add(
            new ClusterReport.Member(
                endpoints.get(i), Optional.empty(), String.valueOf(e.getMessage())));
      }
    }
    return members.build();
  }
}
