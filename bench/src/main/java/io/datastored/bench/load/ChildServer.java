package io.datastored.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A child server is a program in a separate process that serves a port of the loopback interface.
 * Confined to one thread.
 */
final class ChildServer implements AutoCloseable {

  /** The launcher that users run. Benchmarks are run from the root of the project. */
  private static final Path LAUNCHER = Path.of("server", "bin", "datastored");

  private static final Pattern HEAP_USED = Pattern.compile("used (\\d+)K");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  private final Process process;
  private final int port;

  private ChildServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** A port that is currently free. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Starts a main class, which prints a line when it is ready. */
  static ChildServer java(int port, String mainClass, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
    command.addAll(arguments);
    return ready(port, command);
  }

  /** Starts datastored with its launcher; it prints a line when it is ready. */
  static ChildServer launched(int port, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toAbsolutePath().toString()));
    command.addAll(arguments);
    return ready(port, command);
  }

  private static ChildServer ready(int port, List<String> command) throws IOException {
    ProcessBuilder program =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    program.environment().put("JAVA_HOME", System.getProperty("java.home"));
    ChildServer server = start(port, program);
    BufferedReader out = server.process.inputReader(UTF_8);
    if (out.readLine() == null) {
      server.close();
      throw new IOException(command + " does not start");
    }
    return server;
  }

  /** Starts any program. */
  static ChildServer start(int port, ProcessBuilder command) throws IOException {
    Process process = command.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new ChildServer(process, port);
  }

  int port() {
    return port;
  }

  /** The reachable heap of a Java server, in bytes. */
  double liveHeap() throws IOException {
    collect();
    Matcher used = HEAP_USED.matcher(jcmd("GC.heap_info"));
    if (!used.find()) {
      throw new IOException("jcmd does not tell what is used of the heap");
    }
    return Double.parseDouble(used.group(1)) * 1024;
  }

  /**
   * Runs the garbage collector of a Java server twice. Live objects are then old, as in a server
   * that has run for a long time: writes to young objects would cost the collector nothing.
   */
  void collect() throws IOException {
    String unused = jcmd("GC.run");
    unused = jcmd("GC.run");
  }

  /** The processor time that the process has used so far, in seconds. */
  double cpuSeconds() {
    return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  /** The resident memory of the process, in bytes. */
  double resident() throws IOException {
    Matcher resident =
        RESIDENT.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
    if (!resident.find()) {
      throw new IOException("the process is gone");
    }
    return Double.parseDouble(resident.group(1)) * 1024;
  }

  private String jcmd(String command) throws IOException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                command)
            .redirectErrorStream(true)
            .start();
    return new String(jcmd.getInputStream().readAllBytes(), UTF_8);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        Process unused = process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "server " + process.pid() + " on port " + port;
  }
}
