package io.datastored.cli.debug;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.net.HostAndPort;
import io.datastored.cli.command.ServeCommand;
import io.datastored.cli.command.StopSignal;
import io.datastored.cli.flag.BuildVersion;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.flag.ServerOptions;
import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.HumanFormat;
import io.datastored.transport.SocketServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code datastored debug}: makes an archive for a report. Confined to its thread. */
@Command(
    name = "debug",
    description = {
      "Collects what helps to understand a server in one zip archive, for a report.",
      "It contains the status, the configuration, metrics, options, limits, versions,"
          + " threads, a recording of the Java virtual machine, and the end of the log."
          + " Comments, unknown properties, variables of the environment and keys are left"
          + " out. What could not be collected is listed in README.txt, with the reason:"
          + " threads, recording, options and log are available to root and the user of the"
          + " server only.",
      "The archive names datastores, paths, hosts and users: read it before you send it."
    })
public final class DebugCommand implements Callable<Integer> {

  private static final String THREADS = "Thread.print -l";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description =
          "The archive to create, which must not exist (default: datastored-debug-TIME.zip).")
  @Nullable Path file;

  @Option(
      names = "--duration",
      paramLabel = "DURATION",
      defaultValue = "30s",
      description = "How long the server is recorded (default: ${DEFAULT-VALUE}).")
  Duration duration;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:7480",
      description = "The admin port of the server, for metrics (default: ${DEFAULT-VALUE}).")
  String admin;

  @TypedOnly
  @Option(
      names = "--pid",
      paramLabel = "PID",
      description = "The process of the server (default: the one that listens on its Unix socket).")
  @Nullable Long pid;

  @Mixin ServerOptions server;
  @Spec CommandSpec spec;

  @Override
  @SuppressWarnings("try") // a stop signal is there to be closed
  public Integer call() throws IOException {
    requireAddress(admin);
    try (Connection connection = server.connect();
        StopSignal stop =
            StopSignal.install(server.requestTimeout.plusSeconds(1), StopSignal.Ending.BY_SIGNAL)) {
      // Inside the try statement: the process ends once the signal is closed, and half an archive
      // is still to be removed.
      return collected(connection).code();
    }
  }

  private static void requireAddress(String admin) {
    try {
      if (HostAndPort.fromString(admin).requireBracketsForIPv6().hasPort()) {
        return;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new CommandFailed(
        ExitStatus.USAGE,
        "Invalid value (--admin): %s is not HOST:PORT, such as 127.0.0.1:7480.".formatted(admin));
  }

  private ExitStatus collected(Connection connection) throws IOException {
    Path target =
        file != null
            ? file
            : Path.of("datastored-debug-%s.zip".formatted(TIME.format(LocalDateTime.now())));
    boolean complete = false;
    try (DebugArchive archive = DebugArchive.create(target)) {
      collect(connection, archive);
      archive.finish(heading());
      complete = true;
      report(target, archive);
      return ExitStatus.OK;
    } catch (FileAlreadyExistsException e) {
      complete = true; // not ours
      throw new CommandFailed(
          ExitStatus.USAGE, "%s is there already: name a new file.".formatted(target), e);
    } catch (InterruptedException stopped) {
      return ExitStatus.INTERRUPTED;
    } finally {
      if (!complete) {
        Files.deleteIfExists(target);
      }
    }
  }

  private void collect(Connection connection, DebugArchive archive)
      throws IOException, InterruptedException {
    var asked = new AskedServer(connection);
    var metrics = new AdminPort(admin, server.requestTimeout);
    var process = new ServerProcess(processId(connection));
    archive.add("status.json", "datastored status --output json", text(asked::status));
    archive.add(
        "datastores.json",
        "datastored list --output json, without comments and unknown properties",
        text(asked::datastores));
    archive.add(
        "metrics-1.txt",
        "/metrics of the admin port",
        text(() -> metrics.metrics(asked.incarnation())));
    archive.add(
        "options.txt",
        "the options of the server",
        text(() -> process.options(new CommandLine(new ServeCommand()).getCommandSpec())));
    archive.add("limits.txt", "limits and state of its process", text(process::limits));
    java(process, archive);
    archive.add(
        "metrics-2.txt", "the same, later", text(() -> metrics.metrics(asked.incarnation())));
    archive.add("log.txt", "the end of its log", text(process::log));
  }

  /** What the Java virtual machine of the server knows. */
  private void java(ServerProcess process, DebugArchive archive)
      throws IOException, InterruptedException {
    JavaProcess attached;
    try {
      attached = JavaProcess.attach(process.known());
    } catch (IOException e) {
      archive.lacks("java.txt, threads-1.txt, recording.jfr, threads-2.txt", e);
      return;
    }
    try (JavaProcess java = attached) {
      archive.add("java.txt", "its Java virtual machine", text(() -> versions(java)));
      archive.add("threads-1.txt", "its threads", text(() -> java.ask(THREADS)));
      PrintWriter err = spec.commandLine().getErr();
      err.printf("recording the server for %s ...%n", DurationText.print(duration));
      err.flush();
      archive.add(
          "recording.jfr",
          "what it did in %s, for JDK Mission Control or 'jfr print'"
              .formatted(DurationText.print(duration)),
          () -> new FlightRecording(java, process.pid()).record(duration));
      archive.add("threads-2.txt", "its threads, later", text(() -> java.ask(THREADS)));
    }
  }

  private static String versions(JavaProcess java) throws IOException {
    return java.ask("VM.version")
        + java.ask("VM.uptime")
        + java.ask("VM.flags")
        + java.ask("GC.heap_info");
  }

  /** 0 if it is not known; no process has that number. */
  private long processId(Connection connection) throws IOException {
    if (pid != null) {
      return pid;
    }
    String address = connection.server().text();
    if (!address.startsWith("unix:")) {
      return 0;
    }
    Optional<SocketServer> found = SocketServer.at(Path.of(address.substring("unix:".length())));
    return found.map(SocketServer::pid).orElse(0);
  }

  private interface Text {
    String read() throws IOException;
  }

  private static DebugArchive.Source text(Text text) {
    return () -> text.read().getBytes(UTF_8);
  }

  private static String heading() {
    return """
        What 'datastored debug' %s has found out, at %s, on Java %s and %s %s (%s).
        It names datastores, paths, hosts and users: read it before you send it."""
        .formatted(
            BuildVersion.number(),
            java.time.Instant.now(),
            System.getProperty("java.version"),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch"));
  }

  private void report(Path target, DebugArchive archive) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s (%s)%n", target, HumanFormat.bytes(Files.size(target)));
    archive.missing().forEach(part -> out.println("missing: " + part));
    out.println("It names datastores, paths, hosts and users: read it before you send it.");
    out.flush();
  }
}
