package io.datastored.client.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.datastored.client.RefusedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;

/**
 * The runner reads one JSON request per line from stdin and writes one JSON answer per line to
 * stdout. It exits by itself only if the client has left no thread running.
 */
final class Runner {

  private Runner() {}

  /** Runs until {@code bye} or the end of input. */
  public static void main(String[] args) throws IOException {
    // Nothing else may be printed to stdout.
    var answers = new PrintStream(System.out, true, UTF_8);
    System.setOut(System.err);
    var requests = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    var executed = new JsonArray();
    try (var verbs = new Verbs()) {
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        JsonObject request = JsonParser.parseString(line).getAsJsonObject();
        JsonElement id = request.get("id");
        String verb = request.get("do").getAsString();
        JsonObject answer;
        if (verb.equals("bye")) {
          verbs.close();
          var ok = new JsonObject();
          ok.add("executed", executed);
          answer = answer("ok", ok);
        } else {
          executed.add(id);
          answer = outcome(verbs, verb, request);
        }
        answer.add("id", id);
        answers.println(answer);
        if (verb.equals("bye")) {
          return;
        }
      }
    }
  }

  // An exception of a verb is its answer.
  @SuppressWarnings("CatchingUnchecked")
  private static JsonObject outcome(Verbs verbs, String verb, JsonObject request) {
    try {
      return answer("ok", verbs.apply(verb, request));
    } catch (RefusedException refused) {
      return answer("refused", Shown.refusal(refused));
    } catch (Exception e) {
      var answer = new JsonObject();
      answer.addProperty("error", e.toString());
      return answer;
    }
  }

  private static JsonObject answer(String outcome, JsonElement value) {
    var answer = new JsonObject();
    answer.add(outcome, value);
    return answer;
  }
}
