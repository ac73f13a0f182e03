package io.datastored.cli.command;

import com.google.protobuf.util.Durations;
import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.HumanFormat;
import io.datastored.cli.view.Json;
import io.datastored.v1.CreatePageLinkRequest;
import io.datastored.v1.CreatePageLinkResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code datastored page}: prints a link to the status page that shows what the caller may see.
 * Confined to its thread.
 */
@Command(
    name = "page",
    description = {
      "Prints a link to the status page of a server, for a browser on the server's host.",
      "Whoever has the link sees what you may see, and can change nothing. It ends after 12 hours at most, and when the server stops."
    })
public final class PageCommand implements Callable<Integer> {

  @Option(
      names = "--valid",
      paramLabel = "DURATION",
      description = "How long the link is valid, 1m to 12h (default: 12h).")
  @Nullable Duration valid;

  @Mixin ClientOptions client;

  @Override
  public Integer call() {
    return client.ask(
        connection -> {
          var request = CreatePageLinkRequest.newBuilder();
          if (valid != null) {
            request.setValidFor(Durations.fromMillis(valid.toMillis()));
          }
          CreatePageLinkResponse answer = connection.access().createPageLink(request.build());
          if (answer.getUrl().isEmpty()) {
            throw new CommandFailed(
                ExitStatus.SERVER_ERROR,
                "the server has no status page: it runs with --admin-listen none, or its port was"
                    + " taken when it started");
          }
          if (client.isJson()) {
            client.out().println(Json.line(answer));
          } else {
            client.out().println(answer.getUrl());
            client.err().println(note(answer));
          }
          client.out().flush();
          client.err().flush();
          return ExitStatus.OK;
        });
  }

  private static String note(CreatePageLinkResponse answer) {
    return answer.hasValidFor()
        ? ("This link is for %s only: whoever has it sees the same. It is valid for %s, and"
                + " ends with the server.")
            .formatted(answer.getPrincipal(), HumanFormat.age(answer.getValidFor()))
        : "The page shows what %s may see: ask over the Unix socket, or with a client certificate, for a"
                .formatted(answer.getPrincipal())
            + " link of your own.";
  }
}
