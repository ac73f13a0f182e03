package io.datastored.etcd.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.datastored.testkit.WatchedCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A member is one server of an etcd cluster, with its own data and ports, that can be killed,
 * paused and started again. Confined to one thread at a time.
 */
public final class EtcdMember implements AutoCloseable {

  /** For one answer; a member that is paused never gives it. */
  private static final int ANSWER_MILLIS = 1_000;

  private final EtcdPrograms programs;
  private final String name;
  private final Path data;
  private final Path log;
  private final HeldPort clients;
  private final HeldPort peers;
  private Optional<Process> process = Optional.empty();
  private boolean paused;
  private List<String> identity = List.of();
  private List<String> options = List.of();

  private EtcdMember(
      EtcdPrograms programs, String name, Path directory, HeldPort clients, HeldPort peers) {
    this.programs = programs;
    this.name = name;
    this.data = directory.resolve(name);
    this.log = directory.resolve(name + ".log");
    this.clients = clients;
    this.peers = peers;
  }

  /** One that is not started yet. */
  static EtcdMember prepare(EtcdPrograms programs, String name, Path directory) throws IOException {
    return new EtcdMember(programs, name, directory, HeldPort.take(), HeldPort.take());
  }

  String asPeer() {
    return name + "=" + peers.url();
  }

  /** Tells it who its peers are. */
  void join(String cluster, List<String> more) {
    identity =
        List.of(
            "--name=" + name,
            "--data-dir=" + data,
            "--initial-advertise-peer-urls=" + peers.url(),
            "--initial-cluster=" + cluster,
            "--initial-cluster-token=test");
    options = more;
  }

  /** Where a client connects to. */
  public InetSocketAddress address() {
    return clients.address();
  }

  /** The same as {@code host:port}. */
  public String target() {
    return clients.target();
  }

  /** Etcd's command at this member only. */
  public EtcdCtl ctl() {
    return new EtcdCtl(programs, List.of(target()));
  }

  /** Whether it is neither killed nor paused. */
  public boolean isRunning() {
    return !paused && process.filter(Process::isAlive).isPresent();
  }

  void start() {
    List<String> words = new ArrayList<>(identity);
    words.addAll(
        List.of(
            "--listen-client-urls=" + clients.url(),
            "--advertise-client-urls=" + clients.url(),
            "--listen-peer-urls=" + peers.url(),
            "--socket-reuse-port",
            // What is written survives the process; no test takes the power away.
            "--unsafe-no-fsync"));
    words.addAll(options);
    try {
      process =
          Optional.of(
              EtcdPrograms.process(WatchedCommand.of(programs.command("etcd", words)))
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                  .start());
    } catch (IOException e) {
      throw new AssertionError(this + " does not start", e);
    }
  }

  /** Ends it as kill -9 does, and waits until it is gone. Its data stay. */
  public void kill() {
    process.ifPresent(
        running -> {
          Process unused = running.destroyForcibly().onExit().join();
        });
    process = Optional.empty();
    paused = false;
  }

  /**
   * Starts it again, with its data, whether it has been killed or not, and waits for its health.
   */
  public void restart() {
    kill();
    start();
    awaitHealthy();
  }

  /** Stops it as SIGSTOP does, and waits until it stands still. */
  public void pause() {
    signal("STOP");
    paused = true;
    await().until(() -> stat().startsWith("T"));
  }

  /** Lets it go on after {@link #pause}. */
  public void resume() {
    signal("CONT");
    paused = false;
  }

  private void signal(String signal) {
    EtcdCtl.Outcome outcome = EtcdCtl.run(List.of("sh", "-c", "kill -" + signal + " " + pid()), "");
    if (outcome.status() != 0) {
      throw new AssertionError(this + ": " + outcome);
    }
  }

  private long pid() {
    return process.orElseThrow(() -> new AssertionError(this + " is dead")).pid();
  }

  /** The state of the process, as one letter, and what the kernel says behind it. */
  private String stat() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
    return stat.substring(stat.lastIndexOf(')') + 2);
  }

  /** Waits until it answers a linearizable read. An alarm for space does not count as ill. */
  public void awaitHealthy() {
    await()
        .until(
            () -> {
              if (process.filter(Process::isAlive).isEmpty()) {
                throw new AssertionError(this + " has ended: " + logged());
              }
              return ask("/health?exclude=NOSPACE", "")
                  .filter(answer -> answer.contains("\"true\""))
                  .isPresent();
            });
  }

  private String logged() throws IOException {
    String text = Files.readString(log);
    return text.substring(Math.max(0, text.length() - 2000));
  }

  /** What it says about itself, if it answers. */
  public Optional<MemberReport> report() {
    return isRunning()
        ? ask("/v3/maintenance/status", "{}").map(MemberReport::of)
        : Optional.empty();
  }

  /**
   * Asks over HTTP.
   *
   * @param body to be posted; empty for a GET
   * @return empty if it does not answer, or with an error
   */
  Optional<String> ask(String path, String body) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(clients.url() + path).toURL().openConnection();
      connection.setConnectTimeout(ANSWER_MILLIS);
      connection.setReadTimeout(ANSWER_MILLIS);
      if (!body.isEmpty()) {
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
          out.write(body.getBytes(UTF_8));
        }
      }
      try (var in = connection.getInputStream()) {
        return Optional.of(new String(in.readAllBytes(), UTF_8));
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Replaces its data by those of a snapshot; it is dead. */
  void restore(Path snapshot) throws IOException {
    MoreFiles.deleteRecursively(data, RecursiveDeleteOption.ALLOW_INSECURE);
    List<String> words = new ArrayList<>(List.of("snapshot", "restore", snapshot.toString()));
    words.addAll(identity);
    EtcdCtl.Outcome outcome = EtcdCtl.run(programs.command("etcdutl", words), "");
    if (outcome.status() != 0) {
      throw new AssertionError("etcdutl " + words + ": " + outcome);
    }
  }

  @Override
  public void close() throws IOException {
    kill();
    clients.close();
    peers.close();
  }

  @Override
  public String toString() {
    return "etcd " + name + " at " + target();
  }
}
