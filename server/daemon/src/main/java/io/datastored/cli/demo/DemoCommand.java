package io.datastored.cli.demo;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.datastored.cli.command.ReadyLine;
import io.datastored.cli.command.StopSignal;
import io.datastored.cli.demo.DemoWatcher.Heard;
import io.datastored.cli.flag.BuildVersion;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.flag.LogLevel;
import io.datastored.cli.flag.LogSetup;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.LogFormat;
import io.datastored.cli.view.ServerAddress;
import io.datastored.daemon.Daemon;
import io.datastored.daemon.DaemonOptions;
import io.datastored.daemon.DaemonStartException;
import io.datastored.daemon.ListenAddress;
import io.datastored.promise.EarlierLeases;
import io.grpc.InsecureChannelCredentials;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code datastored demo}: shows in a few seconds what a server does. Confined to its thread. */
@Command(
    name = "demo",
    description = {
      "Shows a server, a watcher and a drain at work.",
      "Starts a server in a temporary directory, changes its configuration by hand and by API, and shows what a watcher receives and what lookups answer. Takes a few seconds, leaves nothing behind, and exits with 1 if a step does not happen as described.",
      "With --replicas it starts an etcd and three servers instead, and kills one of them; that takes half a minute."
    })
public final class DemoCommand implements Callable<Integer> {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @Option(
      names = "--replicas",
      description =
          "Show three servers that share one history, in an etcd; the program etcd must be on the"
              + " PATH.")
  boolean replicas;

  @Spec CommandSpec spec;

  @Override
  @SuppressWarnings("try") // a stop signal is there to be closed
  public Integer call() throws IOException {
    LogSetup.forServer(LogFormat.TEXT, LogLevel.ERROR);
    PrintWriter out = spec.commandLine().getOut();
    Path directory = Files.createTempDirectory("datastored-demo-");
    try (StopSignal stop = StopSignal.install(TIMEOUT, StopSignal.Ending.BY_SIGNAL)) {
      // Inside the try statement: the process ends once the signal is closed, and there are still
      // files to remove.
      playAndRemove(
          directory,
          () -> {
            if (replicas) {
              playReplicas(DemoEtcd.program(System.getenv("PATH")), directory, out);
            } else {
              play(new DemoFile(directory.resolve("datastore.cfg")), directory, out);
            }
          });
      return ExitStatus.OK.code();
    }
  }

  /** What a demo shows. */
  private interface Play {
    void run() throws IOException, DaemonStartException, InterruptedException;
  }

  private static void playAndRemove(Path directory, Play play) throws IOException {
    try {
      play.run();
    } catch (InterruptedException stopped) {
      throw new CommandFailed(ExitStatus.NO, "The demo was stopped.", stopped);
    } catch (DaemonStartException e) {
      throw new CommandFailed(
          ExitStatus.START_FAILED, "The demo's server does not start: " + e.getMessage(), e);
    } finally {
      MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private static void play(DemoFile file, Path directory, PrintWriter out)
      throws IOException, DaemonStartException, InterruptedException {
    file.create();
    try (Daemon daemon = Daemon.start(options(file.path(), directory));
        Connection connection = connect(daemon);
        DemoStream<Heard> watcher = DemoWatcher.start(connection)) {
      out.printf("datastored %s: a server in %s%n", BuildVersion.number(), directory);
      new DemoScript(file, new DemoClient(connection), watcher, new DemoOutput(out)).play();
    }
    out.printf(
        "%nEvery step happened as described. The server is stopped and its directory removed.%n");
    out.flush();
  }

  /** Plays the demo of several servers. */
  static void playReplicas(Path etcdProgram, Path directory, PrintWriter out)
      throws IOException, InterruptedException {
    try (DemoEtcd etcd = DemoEtcd.start(etcdProgram, directory);
        DemoReplicas replicas = new DemoReplicas()) {
      out.printf(
          "datastored %s: an etcd and three servers in %s%n", BuildVersion.number(), directory);
      new ReplicasScript(directory, etcd, replicas, new DemoOutput(out)).play();
    }
    out.printf(
        "%nEvery step happened as described. Everything is stopped and the directory removed.%n");
    out.flush();
  }

  private static DaemonOptions options(Path file, Path directory) {
    var options = new DaemonOptions.Builder(file, directory.resolve("state"));
    options.engine.runDirectory = Optional.of(directory.resolve("run"));
    // Not TCP: the demo changes the configuration, and over its own socket it is the server's user.
    options.listen = List.of(new ListenAddress.Unix(directory.resolve("datastored.sock")));
    // The directory is new, so no lease of an earlier server can exist.
    options.leases.earlierLeases = EarlierLeases.NONE;
    options.grace = Duration.ofSeconds(1);
    options.version = BuildVersion.number();
    return options.build();
  }

  private static Connection connect(Daemon daemon) {
    String address = ReadyLine.print(daemon.addresses().get(0));
    return Connection.open(
        ServerAddress.parse(address), InsecureChannelCredentials.create(), TIMEOUT);
  }
}
