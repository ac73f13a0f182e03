package io.datastored.cli.cluster;

import io.datastored.cli.flag.EtcdFlags;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.HumanFormat;
import io.datastored.cli.view.VisibleText;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.daemon.ReplicaOptions;
import io.datastored.etcd.history.EtcdKeyValues;
import io.datastored.etcd.history.KeyValues;
import io.datastored.etcd.history.Keys;
import io.datastored.etcd.history.RestoredHistory;
import io.datastored.etcd.history.StoredConfiguration;
import io.datastored.etcd.life.LifeKeys;
import io.datastored.etcd.life.UnrecordedPromises;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.Revision;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.EarlierPromises;
import java.io.InputStream;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code datastored cluster accept-restore}: makes what etcd has after a restore the history.
 * Confined to its thread.
 */
@Command(
    name = "accept-restore",
    description = {
      "Makes what etcd has the history from now on, after etcd was restored from a backup. Until"
          + " then servers that have seen more promise nothing.",
      "Changes since the backup are given up. The history gets a new incarnation, so that clients"
          + " read everything again; drains wait for whatever servers have promised before."
    })
final class ClusterAcceptRestoreCommand implements Callable<Integer> {

  private final InputStream in;

  @Option(
      names = "--longest-ttl",
      paramLabel = "DURATION",
      description =
          "The longest --max-lease-ttl or --max-session-ttl of any server, for which drains wait"
              + " (default: ${DEFAULT-VALUE}, as that of a server without options).")
  Duration longestTtl = Duration.ofMinutes(10);

  @Mixin OperatorsWord word;

  @Mixin EtcdFlags etcd;

  @Spec CommandSpec spec;

  ClusterAcceptRestoreCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() {
    Keys keys = etcd.keys();
    SecureRandom random = new SecureRandom();
    UnrecordedPromises promises =
        new UnrecordedPromises(
            ReplicaOptions.LONGEST,
            longestTtl,
            EarlierPromises.none(InstantSource.system()).tokens());
    Duration wait = promises.wait(ClockSlack.DEFAULT);
    try (KeyValues values = new EtcdKeyValues(etcd.connect())) {
      RestoredHistory restored = new RestoredHistory(values, keys, random);
      Revision seen = restored.look();
      show(keys, StoredConfiguration.read(values, keys).state(), wait);
      word.require("Is this the history from now on?", in, out());
      Revision next =
          restored.accept(
              seen, promises.recorded(values, new LifeKeys(keys), ClockSlack.DEFAULT, random));
      out()
          .printf(
              "%s is accepted: incarnation %s, generation %s.%n"
                  + "Servers that run begin again with it within seconds; start those that have"
                  + " stopped. 'datastored cluster status' shows them.%n"
                  + "Drains wait for leases and sessions of before, for at most %s.%n",
              keys, next.incarnation(), next.generation(), rounded(wait));
    } catch (StoreException e) {
      throw EtcdFailure.of(e, keys, "run the command again: to accept it twice does no harm");
    }
    return 0;
  }

  private void show(Keys keys, AcceptedState state, Duration wait) {
    out()
        .printf(
            "%s is at generation %s of incarnation %s, with %s.%n",
            keys,
            state.generation(),
            state.revision().incarnation(),
            HumanFormat.count(state.datastores().size(), "datastore"));
    state
        .datastores()
        .forEach(
            (name, datastore) -> {
              MaintenanceSetting setting = datastore.mode().setting();
              if (setting.mode() != MaintenanceMode.NONE) {
                out()
                    .println(
                        VisibleText.of(
                            "  %s: %s%s"
                                .formatted(
                                    name,
                                    setting.mode().word(),
                                    setting.message().map(text -> " (" + text + ")").orElse(""))));
              }
            });
    out()
        .printf(
            "All other datastores are in service with it. What was changed since the backup is"
                + " lost, modes too: a datastore whose disk was taken out since then would be"
                + " used again. To set its mode first: datastored cluster edit NAME%n"
                + "No drain ends for %s.%n",
            rounded(wait));
  }

  private static String rounded(Duration wait) {
    return DurationText.print(Duration.ofSeconds(wait.toSeconds() + 1));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
