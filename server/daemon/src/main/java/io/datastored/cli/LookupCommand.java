package io.datastored.cli;

import com.google.protobuf.util.Durations;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.ReleaseRequest;
import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
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

/** {@code datastored lookup}: asks for one operation on one datastore. Confined to its thread. */
@Command(
    name = "lookup",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    description = {
      "Asks a server whether a datastore may be used now, and prints the grant or the reason for the refusal.",
      "The lease is released when the command ends: at once, or with --hold on Ctrl-C.",
      ""
    })
final class LookupCommand implements Callable<Integer> {

  /** Long enough to be found later, short enough for a command that was killed. */
  private static final String DEFAULT_TTL = "60s";

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
      converter = DurationText.class,
      parameterConsumer = HoldConsumer.class,
      description = "Keep and renew the lease for this long, or until Ctrl-C.")
  @Nullable Duration hold;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      defaultValue = DEFAULT_TTL,
      converter = DurationText.class,
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

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  OutputFormat output;

  @Mixin ServerOptions server;
  @Spec CommandSpec spec;

  @Override
  @SuppressWarnings("try") // a stop signal is there to be closed
  public Integer call() {
    try (Connection connection = server.connect();
        StopSignal stop = StopSignal.install(patience(), StopSignal.Ending.BY_SIGNAL)) {
      ask(connection);
      return ExitStatus.OK.code();
    }
  }

  /** Longer than the one call that tidies up may take. */
  private Duration patience() {
    return server.requestTimeout.plusSeconds(1);
  }

  private void ask(Connection connection) {
    var report = new LookupReport(spec.commandLine().getOut(), output);
    LookupRequest request = request();
    var holding = new PlainLease(connection, WaitingClock.SYSTEM, request);
    try {
      LookupResponse granted = holding.begin();
      report.granted(request, granted);
      if (hold != null && granted.hasLease()) {
        spec.commandLine().getErr().println(notice(hold));
        holding.keep(granted, hold, report::renewed);
      }
    } catch (InterruptedException stopped) {
      // Ctrl-C is how a holding is meant to end.
    } catch (StatusRuntimeException refused) {
      ErrorMessage explanation = ErrorMessage.of(connection.server(), refused);
      report.refused(explanation);
      throw explanation.asFailure();
    } finally {
      if (holding.mayCount()) {
        release(connection, request, report);
      }
    }
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
    try {
      connection
          .datastores()
          .release(ReleaseRequest.newBuilder().setLeaseId(request.getLeaseId()).build());
      report.released(request);
    } catch (StatusRuntimeException failed) {
      PrintWriter err = spec.commandLine().getErr();
      err.printf(
          "The lease could not be released; it expires within %s.%n", DurationText.print(ttl));
    }
  }

  /** Takes the word after {@code --hold} only if it is a duration: it may be the datastore. */
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
