package io.datastored.cli.command;

import com.google.common.base.Splitter;
import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.ErrorMessage;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.FullScreen;
import io.datastored.cli.view.HumanFormat;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A live status is a report that is made again and again until q or Ctrl-C, also across restarts of
 * the server. Confined to the command's thread, except for {@link #quit}.
 */
final class LiveStatus {

  /** A report is what a command prints once. */
  interface Report {
    void print(Connection connection, PrintWriter out);
  }

  /** An answer as it was printed, and why there is no newer one. */
  private record Look(String text, Duration age, Optional<String> obstacle) {}

  /** Shows one look. */
  private interface View {
    void show(Look look);
  }

  private final ClientOptions client;
  private final Duration interval;
  private final Report report;
  private @Nullable Connection connection;
  private String answer = "";
  private long answeredAt;
  private volatile boolean quit;

  LiveStatus(ClientOptions client, Duration interval, Report report) {
    this.client = client;
    this.interval = interval;
    this.report = report;
  }

  /** One report after the other, for a file or a pipe. */
  ExitStatus asLines() {
    return repeat(
        look -> {
          if (look.obstacle.isEmpty()) {
            client.out().print(look.text + (client.isJson() ? "" : System.lineSeparator()));
            client.out().flush();
          } else {
            client.err().println(look.obstacle.get() + " Trying again.");
          }
        });
  }

  /** One report in place of the other. */
  ExitStatus on(FullScreen screen, InputStream keys) {
    Thread worker = Thread.currentThread();
    screen.onQuit(
        keys,
        () -> {
          quit = true;
          worker.interrupt();
        });
    String last = "every %s; q ends".formatted(DurationText.print(interval));
    return repeat(
        look -> {
          List<String> lines = new ArrayList<>();
          look.obstacle.ifPresent(
              why -> lines.add("%s old: %s".formatted(HumanFormat.age(look.age), why)));
          lines.addAll(Splitter.on('\n').splitToList(look.text.stripTrailing()));
          screen.draw(lines, last);
        });
  }

  private ExitStatus repeat(View view) {
    try {
      while (!client.out().checkError()) {
        view.show(look());
        Thread.sleep(interval.toMillis());
      }
      return ExitStatus.OK;
    } catch (InterruptedException stopped) {
      return quit ? ExitStatus.OK : ExitStatus.INTERRUPTED;
    } finally {
      disconnect();
    }
  }

  private Look look() throws InterruptedException {
    try {
      if (connection == null) {
        connection = client.server.connect();
      }
      var text = new StringWriter();
      report.print(connection, new PrintWriter(text));
      answer = text.toString();
      answeredAt = System.nanoTime();
      return new Look(answer, Duration.ZERO, Optional.empty());
    } catch (StatusRuntimeException refused) {
      return old(ErrorMessage.of(client.server.address(), refused).asFailure());
    } catch (CommandFailed failed) {
      return old(failed);
    }
  }

  /** A server that has answered is waited for; another one is an error of the caller. */
  private Look old(CommandFailed failure) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    boolean passes =
        failure.status() == ExitStatus.UNREACHABLE || failure.status() == ExitStatus.SERVER_ERROR;
    if (answer.isEmpty() || !passes) {
      throw failure;
    }
    // A new connection does not wait for the backoff of the old one.
    disconnect();
    return new Look(
        answer, Duration.ofNanos(System.nanoTime() - answeredAt), Optional.of(failure.sentence()));
  }

  private void disconnect() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }
}
