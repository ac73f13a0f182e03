package io.datastored.cli.command;

import io.datastored.access.Verb;
import io.datastored.cli.flag.ClientOptions;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.VisibleText;
import io.datastored.v1.ExplainAccessRequest;
import io.datastored.v1.ExplainAccessResponse;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code datastored access explain}: whether somebody may do something, and which rule decides.
 * Confined to its thread.
 */
@Command(
    name = "explain",
    customSynopsis = "datastored access explain [OPTIONS] [WHO] VERB [NAME]%n",
    description = {
      "Prints whether somebody may do something, which role that needs, and which rule decides.",
      "Exits with 0 if it is allowed, and with 1 if not. Only an admin may ask about others."
    })
public final class AccessExplainCommand implements Callable<Integer> {

  @Parameters(
      arity = "1..3",
      paramLabel = "[WHO] VERB [NAME]",
      description = {
        "WHO: uid:NAME, uid:N, dns:NAME, cn:NAME, spiffe://DOMAIN/PATH, anonymous or anonymous@loopback (default: the caller).",
        "VERB: see, settings, read, write, inspect, maintain, configure or administer.",
        "NAME: of a datastore, which need not exist (default: the server itself)."
      })
  List<String> words;

  @Mixin ClientOptions client;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    ExplainAccessRequest request = request();
    return client.ask(
        connection -> {
          ExplainAccessResponse answer = connection.access().explainAccess(request);
          client.tell(answer, sentence(request, answer));
          return answer.getAllowed() ? ExitStatus.OK : ExitStatus.NO;
        });
  }

  /** Without WHO, the first word is a verb; no principal is spelled like one. */
  private ExplainAccessRequest request() {
    int verb = Verb.parse(words.get(0)).isPresent() ? 0 : 1;
    if (words.size() <= verb || words.size() > verb + 2) {
      throw new ParameterException(
          spec.commandLine(), "expected [WHO] VERB [NAME], not '" + String.join(" ", words) + "'");
    }
    return ExplainAccessRequest.newBuilder()
        .setPrincipal(verb == 0 ? "" : words.get(0))
        .setVerb(words.get(verb))
        .setDatastore(words.size() > verb + 1 ? words.get(verb + 1) : "")
        .build();
  }

  private static String sentence(ExplainAccessRequest request, ExplainAccessResponse answer) {
    String what =
        request.getDatastore().isEmpty()
            ? "the server"
            : "datastore '" + request.getDatastore() + "'";
    return VisibleText.of(
            "%s %s %s %s"
                .formatted(
                    answer.getPrincipal(),
                    answer.getAllowed() ? "may" : "may not",
                    request.getVerb(),
                    what))
        + "%nrole    %s%nneeded  %s%nrule    %s"
            .formatted(answer.getRole(), answer.getNeeded(), VisibleText.of(answer.getRule()));
  }
}
