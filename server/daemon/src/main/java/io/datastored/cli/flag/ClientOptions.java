package io.datastored.cli.flag;

import com.google.gson.JsonObject;
import com.google.protobuf.MessageOrBuilder;
import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ErrorMessage;
import io.datastored.cli.view.ExitStatus;
import io.datastored.cli.view.Json;
import io.datastored.cli.view.OutputFormat;
import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Client options are the options of every command that calls a server, and the way to call it.
 * Confined to the command's thread.
 */
public final class ClientOptions {

  @Mixin OutputFlag form;

  public @Mixin ServerOptions server;

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  /** A conversation is the calls of one command to a server. */
  public interface Conversation {
    /** Makes the calls; the result is the exit status of the command. */
    ExitStatus with(Connection connection);
  }

  /** Runs a conversation; fails with one sentence if the server refuses or cannot be reached. */
  public int ask(Conversation conversation) {
    try (Connection connection = connect()) {
      try {
        return conversation.with(connection).code();
      } catch (StatusRuntimeException refused) {
        throw failure(ErrorMessage.of(connection.server(), refused));
      }
    }
  }

  private Connection connect() {
    try {
      return server.connect();
    } catch (CommandFailed failed) {
      if (failed.status() == ExitStatus.UNREACHABLE) {
        printForPrograms(ErrorMessage.noServer(failed.sentence()));
      }
      throw failed;
    }
  }

  /** The failure: a sentence on stderr, and for programs an object on stdout in addition. */
  public CommandFailed failure(ErrorMessage explanation) {
    printForPrograms(explanation.json());
    return explanation.asFailure();
  }

  private void printForPrograms(JsonObject error) {
    if (isJson()) {
      var json = new JsonObject();
      json.add("error", error);
      out().println(Json.line(json));
      out().flush();
    }
  }

  /** Prints an answer: as JSON for programs, as a sentence for people. */
  public void tell(MessageOrBuilder answer, String sentence) {
    out().println(isJson() ? Json.line(answer) : sentence);
    out().flush();
  }

  public boolean isJson() {
    return form.output == OutputFormat.JSON;
  }

  public PrintWriter out() {
    return spec.commandLine().getOut();
  }

  public PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
