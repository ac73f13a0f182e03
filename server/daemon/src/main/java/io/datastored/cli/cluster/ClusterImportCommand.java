package io.datastored.cli.cluster;

import io.datastored.cli.cluster.SharedConfiguration.Replaced;
import io.datastored.cli.flag.EtcdFlags;
import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.HumanFormat;
import io.datastored.etcd.history.Keys;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.LostContent;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code datastored cluster import}: replaces the configuration in etcd by that of a file. Confined
 * to its thread.
 */
@Command(
    name = "import",
    description = {
      "Replaces the configuration in etcd by that of a file, whatever it is now. Datastores whose"
          + " sections are the same are not touched.",
      "The file is checked first, and nothing is written if it has a fault. A change of more than"
          + " 100 datastores is made in several generations."
    })
final class ClusterImportCommand implements Callable<Integer> {

  private final InputStream in;

  @Parameters(paramLabel = "FILE", description = "The configuration; - for standard input.")
  String file;

  @TypedOnly
  @Option(names = "--empty", description = "The file has no datastores on purpose.")
  boolean empty;

  @TypedOnly
  @Option(
      names = "--cut",
      description = "The file was cut on purpose: it is the beginning of what is in etcd.")
  boolean cut;

  @Mixin EtcdFlags etcd;

  @Spec CommandSpec spec;

  ClusterImportCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() {
    Keys keys = etcd.keys();
    byte[] text = GivenConfiguration.read(file, in, spec.commandLine().getOut());
    try (SharedConfiguration shared = SharedConfiguration.open(etcd)) {
      requireMeant(shared.settled().state(), text);
      Replaced done = shared.replace(present -> Optional.of(text));
      spec.commandLine().getOut().println(sentence(keys, done));
    } catch (StoreException e) {
      throw EtcdFailure.of(
          e, keys, "run the command again: what is there already is not written twice");
    }
    return ExitStatus.OK.code();
  }

  private void requireMeant(AcceptedState accepted, byte[] text) {
    Optional<LostContent> lost = LostContent.between(accepted, text);
    if (lost.isPresent() && !isMeant(lost.get().kind())) {
      throw new CommandFailed(
          ExitStatus.NO,
          "%s is %s: %s in etcd would be removed or changed. If this is intended, use --%s"
              .formatted(
                  file,
                  lost.get().kind().word(),
                  HumanFormat.count(lost.get().datastores(), "datastore"),
                  lost.get().kind().word()));
    }
  }

  private boolean isMeant(LostContent.Kind kind) {
    return switch (kind) {
      case EMPTY -> empty;
      case CUT -> cut;
    };
  }

  /** What was changed. */
  static String sentence(Keys keys, Replaced done) {
    if (done.commits() == 0) {
      return "%s has this text already: nothing was changed. Generation %s."
          .formatted(keys, done.to());
    }
    long generations = done.to().value() - done.from().value();
    String changed =
        done.datastores() == 0 || generations == 0
            ? "Only comments, or the order of datastores, were changed"
            : "%s changed, in %s"
                .formatted(
                    HumanFormat.count(done.datastores(), "datastore"),
                    HumanFormat.count(generations, "generation"));
    return "%s has the new text. %s. Generation %s.".formatted(keys, changed, done.to());
  }
}
