package io.datastored.cli.command;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.flag.DrainFlags;
import io.datastored.cli.flag.EtagFlag;
import io.datastored.cli.flag.SettableMode;
import io.datastored.cli.flag.TypedOnly;
import io.datastored.cli.view.BlockerSummary;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.DurationText;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Json;
import io.datastored.cli.view.Labels;
import io.datastored.cli.view.Terminal;
import io.datastored.cli.view.VisibleText;
import io.datastored.v1.DrainProgress;
import io.datastored.v1.SetMaintenanceModeRequest;
import io.datastored.v1.SetMaintenanceModeResponse;
import java.io.PrintWriter;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code datastored maintenance set}: takes a datastore out of service. Confined to its thread. */
@Command(
    name = "set",
    sortOptions = false,
    description = {
      "Sets a maintenance mode: once this returns, no refused operation can start.",
      "Operations in progress continue; with --drain the command waits until none is left."
    })
final class MaintenanceSetCommand implements Callable<Integer> {

  private final Terminal screen;

  @Parameters(index = "0", paramLabel = "NAME", description = "The datastore.")
  String datastore;

  @Parameters(index = "1", paramLabel = "MODE", description = "One of ${COMPLETION-CANDIDATES}.")
  SettableMode mode;

  @TypedOnly
  @Option(
      names = "--message",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Reason shown to every client that is refused, at most 64 characters.")
  String message;

  @TypedOnly
  @Option(
      names = "--expected-end",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description =
          "Expected end of the maintenance, shown to clients: 2h, or 2026-11-23T18:00:00Z.")
  @Nullable Timestamp expectedEnd;

  @Mixin EtagFlag precondition;

  @TypedOnly
  @Option(names = "--dry-run", description = "Show what a drain would wait for; change nothing.")
  boolean dryRun;

  @TypedOnly
  @Option(names = "--drain", description = "Then wait until no refused operation is in progress.")
  boolean drain;

  @Mixin DrainFlags flags;
  @Mixin ClientOptions client;

  MaintenanceSetCommand(Terminal screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() {
    if (flags.areGiven() && !drain) {
      throw new CommandFailed(
          ExitStatus.USAGE, "--force, --ignore-pbs and --timeout go with --drain.");
    }
    return client.ask(
        connection -> {
          SetMaintenanceModeResponse answer =
              connection.maintenance().setMaintenanceMode(request());
          var undo = new Undo(client.server.words(), answer.getDatastore(), answer.getPrevious());
          print(answer, undo);
          return drain && !dryRun
              ? new AwaitedDrain(
                      client,
                      screen,
                      flags.request(datastore, answer.getDatastore().getEtag()),
                      Optional.of(undo))
                  .await(connection)
              : ExitStatus.OK;
        });
  }

  private SetMaintenanceModeRequest request() {
    var request =
        SetMaintenanceModeRequest.newBuilder()
            .setDatastore(datastore)
            .setMode(mode.wire())
            .setMessage(message)
            .setEtag(precondition.etag)
            .setValidateOnly(dryRun);
    if (expectedEnd != null) {
      request.setExpectedEnd(expectedEnd);
    }
    return request.build();
  }

  private void print(SetMaintenanceModeResponse answer, Undo undo) {
    PrintWriter out = client.out();
    if (client.isJson()) {
      out.println(Json.line(answer));
    } else if (dryRun) {
      out.printf(
          "%s would be %s instead of %s.%n",
          datastore, mode, VisibleText.of(Labels.of(answer.getPrevious())));
      inTheWay(answer.getProgress());
    } else {
      out.printf(
          "%s is %s now instead of %s, revision %s.%n",
          datastore,
          VisibleText.of(Labels.of(answer.getDatastore().getMaintenance())),
          VisibleText.of(Labels.of(answer.getPrevious())),
          Labels.of(answer.getRevision()));
      if (!drain) {
        inTheWay(answer.getProgress());
        out.printf("To go back: %s%n", VisibleText.of(undo.command()));
      }
    }
    out.flush();
  }

  private void inTheWay(DrainProgress progress) {
    var inTheWay = new BlockerSummary(progress);
    client.out().printf("A drain would wait for: %s.%n", inTheWay.sentence());
    inTheWay.lines().forEach(line -> client.out().println("  " + line));
  }

  /** Parses the value of the option: a time, or a duration from now. Stateless. */
  static final class TimeConverter implements ITypeConverter<Timestamp> {
    @Override
    public Timestamp convert(String text) {
      Optional<Duration> fromNow = DurationText.parse(text);
      if (fromNow.isPresent()) {
        return Timestamps.fromMillis(Instant.now().plus(fromNow.get()).toEpochMilli());
      }
      try {
        return Timestamps.parse(text);
      } catch (ParseException e) {
        throw new TypeConversionException(
            "'%s' is neither a duration such as 2h nor a time such as 2026-11-23T18:00:00Z"
                .formatted(text));
      }
    }
  }
}
