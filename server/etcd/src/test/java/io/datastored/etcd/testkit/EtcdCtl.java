package io.datastored.etcd.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** An etcdctl is etcd's own command at some of its members. Immutable. */
public final class EtcdCtl {

  private final EtcdPrograms programs;
  private final List<String> endpoints;

  EtcdCtl(EtcdPrograms programs, List<String> endpoints) {
    this.programs = programs;
    this.endpoints = List.copyOf(endpoints);
  }

  /** How a command ended and what it printed. */
  public record Outcome(int status, String out, String err) {}

  /** The same command at other addresses, such as those of proxies. */
  public EtcdCtl at(List<String> others) {
    return new EtcdCtl(programs, others);
  }

  /**
   * Runs a command that must succeed.
   *
   * @return what it printed, without the last end of line
   */
  public String ask(String... words) {
    Outcome outcome = run("", words);
    if (outcome.status() != 0) {
      throw new AssertionError("etcdctl " + String.join(" ", words) + ": " + outcome);
    }
    return outcome.out().stripTrailing();
  }

  /**
   * Runs a transaction.
   *
   * @param text compares, an empty line, what is done if they hold, an empty line, what else
   * @return the first line is SUCCESS if they held, else FAILURE
   */
  public Outcome txn(String text) {
    return run(text, "txn");
  }

  /** Runs a command, which ends by itself within seconds. */
  public Outcome run(String input, String... words) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--endpoints=" + String.join(",", endpoints),
                "--dial-timeout=2s",
                "--command-timeout=5s"));
    all.addAll(List.of(words));
    return run(programs.command("etcdctl", all), input);
  }

  static Outcome run(List<String> command, String input) {
    try {
      Process process = EtcdPrograms.process(command).start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(UTF_8));
      }
      String out = new String(process.getInputStream().readAllBytes(), UTF_8);
      String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
      return new Outcome(process.waitFor(), out, err);
    } catch (IOException e) {
      throw new AssertionError(command.toString(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(command.toString(), e);
    }
  }
}
