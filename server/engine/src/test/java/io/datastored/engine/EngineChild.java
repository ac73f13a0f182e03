package io.datastored.engine;

import com.google.common.collect.Sets;
import io.datastored.config.DatastoreName;
import io.datastored.config.DatastoreSettings;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.health.TroubleCause;
import io.datastored.history.file.FileStoreOptions;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.testkit.JavaCommand;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * An engine child is another process with an engine on the same state directory, which does what it
 * is told line by line. Confined to one thread of the test.
 */
final class EngineChild implements AutoCloseable {

  private static final String MARK = "> ";

  /** On the child's side. */
  private static final Set<Handle> HELD = Sets.newConcurrentHashSet();

  /** On the child's side. */
  private static final Set<FileInputStream> TAKEN = Sets.newConcurrentHashSet();

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter commands;

  private EngineChild(Process process) {
    this.process = process;
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.commands =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
  }

  /** Starts a process and waits until its engine is open. */
  static EngineChild start(Path configFile, Path stateDirectory, Path runDirectory)
      throws IOException {
    return start(List.of(), configFile, stateDirectory, runDirectory);
  }

  /**
   * The same under other circumstances.
   *
   * @param launcher a command that becomes the one that it is given as further arguments
   */
  static EngineChild start(
      List<String> launcher, Path configFile, Path stateDirectory, Path runDirectory)
      throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(JavaCommand.of(EngineChild.class, configFile, stateDirectory, runDirectory));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    EngineChild child = new EngineChild(process);
    String ready = child.answer();
    if (!"ready".equals(ready)) {
      child.close();
      throw new IOException("the child said: " + ready);
    }
    return child;
  }

  /** Gives a command and reads its answer. */
  String ask(String command) {
    tell(command);
    return answer();
  }

  /** Gives a command. */
  void tell(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next answer, or "gone" when the process is; what it logs is passed over. */
  String answer() {
    try {
      String line = answers.readLine();
      while (line != null && !line.startsWith(MARK)) {
        line = answers.readLine();
      }
      return line == null ? "gone" : line.substring(MARK.length());
    } catch (IOException e) {
      return "gone";
    }
  }

  /** The number of the process. */
  long pid() {
    return process.pid();
  }

  /** Ends the process as kill -9 does. */
  void kill() throws InterruptedException {
    Process unused = process.destroyForcibly();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    if (!ended) {
      throw new IllegalStateException("the child outlives kill -9");
    }
  }

  @Override
  public void close() {
    Process unused = process.destroyForcibly();
    // A file lock of the child is free only when the child is gone.
    process.onExit().join();
  }

  /** The child's side. */
  public static void main(String[] args) throws Exception {
    var options = new EngineOptions.Builder(Path.of(args[0]), Path.of(args[1]));
    options.runDirectory = Optional.of(Path.of(args[2]));
    options.configAccess = FileStoreOptions.Access.READ_WRITE;
    options.timing.settle = Duration.ofMillis(100);
    options.timing.settleLimit = Duration.ofSeconds(1);
    options.timing.digestCheck = Duration.ofSeconds(5);
    options.timing.basePathWait = Duration.ofSeconds(20);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Engine engine = Engine.open(options.build())) {
      say("ready");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        say(obey(engine, line.split(" ", 3)));
      }
    } catch (EngineStartException e) {
      say(e.getMessage());
    }
  }

  private static String obey(Engine engine, String[] words) {
    return switch (words[0]) {
      case "revision" -> engine.snapshot().revision().toString();
      case "troubles" -> troubles(engine);
      case "exhaust" -> exhaust();
      case "relax" -> relax();
      case "generation" -> engine.snapshot().revision().generation().toString();
      case "counters" -> engine.counters().toString();
      case "hold" -> hold(engine.lookup(DatastoreName.of(words[1]), Operation.valueOf(words[2])));
      case "release" -> release(Operation.valueOf(words[1]));
      case "stare" -> stare(engine);
      case "counts" -> counts(engine.operations(DatastoreName.of(words[1])));
      case "descriptors" -> Long.toString(LockFiles.open(Path.of(words[1])));
      case "close" -> {
        engine.close();
        yield "closed";
      }
      case "lookup" -> said(engine.lookup(DatastoreName.of(words[1]), Operation.valueOf(words[2])));
      case "comment" -> outcome(comment(engine, words[1], words[2]));
      case "mode" -> outcome(mode(engine, words[1], words[2], Intent.COMMIT));
      case "validate" -> outcome(mode(engine, words[1], words[2], Intent.VALIDATE_ONLY));
      case "edits" ->
          engine.editDetection().orElseThrow().way()
              + engine
                  .troubles()
                  .ofServer(TroubleCause.EDIT_DETECTION)
                  .map(trouble -> " " + trouble.message())
                  .orElse("");
      case "save" -> save(engine, words[1], Integer.parseInt(words[2]));
      default -> "what?";
    };
  }

  private static WriteOutcome mode(Engine engine, String name, String mode, Intent intent) {
    return engine.setMaintenance(
        new MaintenanceChange(
            DatastoreName.of(name),
            MaintenanceSetting.of(MaintenanceMode.valueOf(mode)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        intent);
  }

  /** Opens files until there is no descriptor left. */
  private static String exhaust() {
    try {
      while (true) {
        TAKEN.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException e) {
      return "exhausted";
    }
  }

  private static String relax() {
    for (FileInputStream taken : TAKEN) {
      try {
        taken.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    TAKEN.clear();
    return "relaxed";
  }

  private static String troubles(Engine engine) {
    return engine.troubles().ofServer().stream()
        .map(trouble -> trouble.cause() + " " + trouble.message())
        .findFirst()
        .orElse("-");
  }

  private static String hold(Lookup lookup) {
    if (lookup instanceof Refused refused) {
      return refused.reason().name();
    }
    HELD.add(lookup.handle());
    return "held";
  }

  /** Looks who is alive, again and again, until the process ends. */
  private static String stare(Engine engine) {
    Thread thread =
        new Thread(
            () -> {
              while (true) {
                LiveProcesses unused = engine.census();
              }
            });
    thread.setDaemon(true);
    thread.start();
    return "staring";
  }

  private static String release(Operation operation) {
    for (Handle handle : HELD) {
      if (handle.operation() == operation) {
        HELD.remove(handle);
        handle.close();
        return "released";
      }
    }
    return "nothing to release";
  }

  /** READ and WRITE in all processes. */
  static String counts(OperationCounts counts) {
    return counts.read() + " " + counts.write();
  }

  private static String said(Lookup lookup) {
    if (lookup instanceof Refused refused) {
      return refused.reason().name();
    }
    try (Handle handle = lookup.handle()) {
      return "granted " + handle.revision().generation() + " " + comment(handle);
    }
  }

  private static String comment(Handle handle) {
    return handle.datastore().settings().comment().orElse("-");
  }

  private static WriteOutcome comment(Engine engine, String name, String comment) {
    return engine.update(
        DatastoreName.of(name),
        Optional.empty(),
        settings -> with(settings, comment),
        Intent.COMMIT);
  }

  private static DatastoreSettings with(DatastoreSettings settings, String comment) {
    return settings.toBuilder().comment(Optional.of(comment)).build();
  }

  /** Saves again and again, and says each generation once it is committed, until it is killed. */
  private static String save(Engine engine, String name, int times) {
    for (int i = 0; i < times; i++) {
      say(outcome(comment(engine, name, "save " + i)));
    }
    return "saved";
  }

  private static String outcome(WriteOutcome outcome) {
    return outcome instanceof WriteOutcome.Rejected rejected
        ? rejected.reason() + " " + rejected.detail()
        : ((WriteOutcome.Written) outcome).revision().generation().toString();
  }

  private static void say(String line) {
    System.out.println(MARK + line);
    System.out.flush();
  }
}
