package io.datastored.cli.cluster;

import com.google.common.collect.ImmutableList;
import io.datastored.cli.flag.EtcdFlags;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.VisibleText;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.history.Keys;
import io.datastored.etcd.life.LifeKeys;
import io.datastored.etcd.life.Survey;
import io.datastored.etcd.life.SurveyedLife;
import io.datastored.file.StoreException;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.Replica;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code datastored cluster forget-replica}: ends the waiting for a server that is gone. Confined
 * to its thread.
 */
@Command(
    name = "forget-replica",
    description = {
      "Ends the waiting for a server that is gone: drains no longer wait for what it has promised.",
      "Without it they wait until the longest of its promises has expired. Use it only if no client"
          + " of that server works any more, or if you know that none had a lease."
    })
final class ClusterForgetReplicaCommand implements Callable<Integer> {

  private final InputStream in;

  @Parameters(
      paramLabel = "NAME",
      description = "The server, as 'datastored cluster status' names it, or its life.")
  String name;

  @Mixin OperatorsWord word;

  @Mixin EtcdFlags etcd;

  @Spec CommandSpec spec;

  ClusterForgetReplicaCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() {
    Keys history = etcd.keys();
    LifeKeys keys = new LifeKeys(history);
    try (EtcdClient client = etcd.connect()) {
      ImmutableList<SurveyedLife> lives = Survey.of(client, keys).of(name);
      requireGone(history, lives);
      lives.forEach(life -> out().println(VisibleText.of(sentence(life))));
      out()
          .println(
              "If one of its clients still works, a drain can end while that client uses the"
                  + " datastore.");
      word.require("Is no promise of it relied on any more?", in, out());
      for (SurveyedLife life : lives) {
        if (!Survey.forget(client, keys, life)) {
          throw here(life);
        }
      }
      out().printf("Nothing that %s has promised is waited for any more.%n", shown());
    } catch (StoreException e) {
      throw EtcdFailure.of(e, history, "run the command again");
    }
    return ExitStatus.OK.code();
  }

  private void requireGone(Keys history, ImmutableList<SurveyedLife> lives) {
    if (lives.isEmpty()) {
      throw new CommandFailed(
          ExitStatus.NO,
          "nothing is known of a server '%s' at %s, so nothing is waited for: datastored cluster status"
              .formatted(shown(), history));
    }
    Optional<SurveyedLife> here =
        lives.stream().filter(life -> life.state() == Replica.State.HERE).findFirst();
    if (here.isEmpty()) {
      return;
    }
    throw lives.stream()
        .filter(life -> life.state() != Replica.State.HERE)
        .findFirst()
        .map(earlier -> runsAgain(here.get(), earlier))
        .orElseGet(() -> here(here.get()));
  }

  private CommandFailed runsAgain(SurveyedLife here, SurveyedLife earlier) {
    return new CommandFailed(
        ExitStatus.NO,
        VisibleText.of(
            "the server %s runs again (life %s). To forget its earlier life: datastored cluster forget-replica %s"
                .formatted(here.replica(), here.life(), earlier.life())));
  }

  private CommandFailed here(SurveyedLife life) {
    return new CommandFailed(
        ExitStatus.NO,
        VisibleText.of(
            "the server %s is in touch with etcd (life %s): it may promise something at any time. Stop it first; after that, it is waited for only if it was killed"
                .formatted(life.replica(), life.life())));
  }

  private static String sentence(SurveyedLife life) {
    String wait =
        life.wait(ClockSlack.DEFAULT)
            .map(
                longest ->
                    "is waited for at most %s from when it fell silent: so long leases and sessions"
                            .formatted(
                                DurationText.print(Duration.ofSeconds(longest.toSeconds() + 1)))
                        + " that it has promised may be relied on")
            .orElse("has a record that cannot be read, so it would be waited for without an end");
    return "The server %s (life %s, %s) %s."
        .formatted(
            life.replica(),
            life.life(),
            switch (life.state()) {
              case HERE -> "here";
              case SILENT -> "silent";
              case LEFT -> "stopped in order";
            },
            wait);
  }

  private String shown() {
    return VisibleText.of(name);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
