package io.datastored.cli.command;

import com.google.common.collect.Comparators;
import com.google.protobuf.util.Durations;
import io.datastored.cli.flag.Connection;
import io.datastored.cli.flag.OutputFlag;
import io.datastored.cli.flag.ServerOptions;
import io.datastored.cli.view.AskedOperation;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.ErrorMessage;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.LookupReport;
import io.datastored.cli.view.ServerError;
import io.datastored.client.DatastoredException;
import io.datastored.client.LeaseLost;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.ReleaseRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Stack;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code datastored lookup}: requests one operation on one datastore. Confined to its thread. */
@Command(
    name = "lookup",
    description = {
      "Asks a server whether a datastore may be used now, and prints the grant or the reason for the refusal.",
      "The lease is released when the command ends: at once, or with --hold on Ctrl-C."
    })
public final class LookupCommand implements Callable<Integer> {

  /** Long enough for an operator to find the lease, short enough after the command is killed. */
  private static final String DEFAULT_TTL = "60s";

  /** Interval between checks of a held lease. */
  private static final Duration LOOK = Duration.ofMillis(100);

  private static final Duration FOR_EVER = ChronoUnit.YEARS.getDuration().multipliedBy(100);

  @Parameters(index = "0", paramLabel = "NAME", description = "The datastore.")
  String datastore;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "OPERATION",
      defaultValue = "lookup",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  AskedOperation operation;

  @Option(
      names = "--hold",
      arity = "0..1",
      paramLabel = "DURATION",
      parameterConsumer = HoldConsumer.class,
      description = "Keep and renew the lease for this long, or until Ctrl-C.")
  @Nullable Duration hold;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      defaultValue = DEFAULT_TTL,
      description =
          "How long the lease lives on if this command is killed (default: ${DEFAULT-VALUE}).")
  Duration ttl;

  @Option(
      names = "--purpose",
      paramLabel = "TEXT",
      defaultValue = "datastored lookup",
      description =
          "What the lease is for, shown to anyone who waits for it (default: ${DEFAULT-VALUE}).")
  String purpose;

  @Option(
      names = {"--validate-only", "--dry-run"},
      description = "Show what would happen without taking a lease.")
  boolean validateOnly;

  @Mixin OutputFlag form;

  @Mixin ServerOptions server;
  @Spec CommandSpec spec;

  @Override
  @SuppressWarnings("try") // a stop signal is there to be closed
  public Integer call() {
    var report = new LookupReport(spec.commandLine().getOut(), form.output);
    try (Connection connection = server.connect();
        StopSignal stop = StopSignal.install(patience(), StopSignal.Ending.BY_SIGNAL)) {
      Duration time = hold;
      if (time == null || operation == AskedOperation.LOOKUP || validateOnly) {
        ask(connection, report);
      } else {
        hold(connection, time, report);
      }
      return ExitStatus.OK.code();
    }
  }

  /** Longer than the single call of the cleanup may take. */
  private Duration patience() {
    return server.requestTimeout.plusSeconds(1);
  }

  /** Requests one answer; a lease that comes with it is released at once. */
  private void ask(Connection connection, LookupReport report) {
    LookupRequest request = request();
    boolean mayCount = false;
    try {
      report.granted(request, connection.datastores().lookup(request));
      mayCount = true;
    } catch (StatusRuntimeException failed) {
      ErrorMessage explanation = ErrorMessage.of(connection.server(), failed);
      // This command chose the id, so it can release the lease even if the answer was lost.
      mayCount =
          explanation.error().code() == Status.Code.DEADLINE_EXCEEDED
              || Thread.currentThread().isInterrupted();
      report.refused(explanation);
      throw explanation.asFailure();
    } finally {
      if (mayCount && !request.getLeaseId().isEmpty()) {
        release(connection, request, report);
      }
    }
  }

  /** Holds a lease. */
  private void hold(Connection connection, Duration howLong, LookupReport report) {
    LookupRequest request = request();
    try {
      CommandLease lease =
          CommandLease.take(
              connection.server(),
              connection.client("datastored lookup").ttl(ttl),
              datastore,
              operation.asked(),
              purpose);
      try {
        report.granted(request, lease.answer());
        spec.commandLine().getErr().println(notice(howLong));
        keep(lease, howLong, report);
      } catch (InterruptedException stopped) {
        // Ctrl-C is the expected end of a hold.
      } finally {
        Thread.interrupted(); // An interrupted thread could not wait for the server.
        tellReleased(lease.end(), report);
      }
    } catch (InterruptedException stopped) {
      // Before there was an answer: the client has released a lease that may have been granted.
    } catch (DatastoredException refused) {
      ErrorMessage explanation = ErrorMessage.of(server.address(), refused);
      report.refused(explanation);
      throw explanation.asFailure();
    }
  }

  /** Reports each change of the answer until the time is over or the lease is lost. */
  private void keep(CommandLease lease, Duration howLong, LookupReport report)
      throws InterruptedException {
    long begin = System.nanoTime();
    long asked = begin;
    LookupResponse last = lease.answer();
    while (true) {
      Duration left = howLong.minusNanos(System.nanoTime() - begin);
      if (left.isNegative() || left.isZero()) {
        return;
      }
      Thread.sleep(Comparators.min(left, LOOK).toMillis());
      boolean promised = !lease.left().isZero();
      Optional<LeaseLost> lost = lease.lost();
      if (!promised || lost.isPresent()) {
        throw lost(lease, lost, report);
      }
      if (System.nanoTime() - asked >= lease.ttl().dividedBy(3).toNanos()) {
        asked = System.nanoTime();
        lease.askAgain();
      }
      LookupResponse now = lease.answer();
      report.renewed(last, now);
      last = now;
    }
  }

  private CommandFailed lost(CommandLease lease, Optional<LeaseLost> lost, LookupReport report) {
    Optional<String> cause = lost.flatMap(LookupCommand::causeOnTheWire);
    if (cause.isEmpty()) {
      return new CommandFailed(
          ExitStatus.NO,
          "The lease is lost: %s has not answered for its ttl of %s, or this machine was suspended."
              .formatted(server.address(), DurationText.print(lease.ttl())));
    }
    var explanation =
        new ErrorMessage(
            server.address(),
            ServerError.ofLease(lease.handle().leaseId().orElseThrow(), cause.get()));
    report.refused(explanation);
    return explanation.asFailure();
  }

  /**
   * The cause as the server reports it for a renewal of a single lease; empty if it reported none.
   */
  private static Optional<String> causeOnTheWire(LeaseLost lost) {
    return switch (lost.cause()) {
      case FORCED -> Optional.of("force");
      case SESSION_ENDED, NOT_CONTINUED -> Optional.of("expired");
      case EXPIRED, CLIENT_CLOSED -> Optional.empty();
    };
  }

  private LookupRequest request() {
    var request =
        LookupRequest.newBuilder()
            .setDatastore(datastore)
            .setOperation(operation.wire())
            .setValidateOnly(validateOnly);
    if (operation != AskedOperation.LOOKUP && !validateOnly) {
      request
          .setLeaseId(UUID.randomUUID().toString())
          .setTtl(Durations.fromMillis(ttl.toMillis()))
          .setPurpose(purpose);
    }
    return request.build();
  }

  private static String notice(Duration hold) {
    String howLong =
        hold.equals(FOR_EVER)
            ? "until Ctrl-C"
            : "for %s or until Ctrl-C".formatted(DurationText.print(hold));
    return "The lease is held and renewed " + howLong + ".";
  }

  private void release(Connection connection, LookupRequest request, LookupReport report) {
    Thread.interrupted(); // An interrupted thread could not make the call.
    boolean heard = true;
    try {
      connection
          .datastores()
          .release(ReleaseRequest.newBuilder().setLeaseId(request.getLeaseId()).build());
    } catch (StatusRuntimeException failed) {
      heard = false;
    }
    tellReleased(heard, report);
  }

  private void tellReleased(boolean heard, LookupReport report) {
    if (heard) {
      report.released(datastore, operation);
    } else {
      spec.commandLine()
          .getErr()
          .printf(
              "The lease could not be released; it expires within %s.%n", DurationText.print(ttl));
    }
  }

  /** Consumes the word after {@code --hold} only if it is a duration: it may be the datastore. */
  static final class HoldConsumer implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> args, ArgSpec arg, CommandSpec command) {
      Optional<Duration> given =
          args.isEmpty() ? Optional.empty() : DurationText.parse(args.peek());
      if (given.isPresent()) {
        args.pop();
      }
      arg.setValue(given.orElse(FOR_EVER));
    }
  }
}
