package io.datastored.cli.view;

import com.google.common.base.Ascii;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.datastored.client.DatastoredException;
import io.datastored.v1.ErrorReason;
import io.grpc.Status;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** An error message explains a server error to the user in one sentence. Immutable. */
public record ErrorMessage(ServerAddress server, ServerError error) {

  public CommandFailed asFailure() {
    return new CommandFailed(error.exitStatus(), sentence());
  }

  public String sentence() {
    return error.reason().map(this::ofReason).orElseGet(this::ofCode);
  }

  private String ofReason(ErrorReason reason) {
    return switch (reason) {
      case ERROR_REASON_INVALID_REQUEST ->
          "Invalid request: "
              + (error.violations().isEmpty()
                  ? error.text()
                  : String.join("; ", error.violations()));
      case ERROR_REASON_DATASTORE_NOT_FOUND ->
          "There is no datastore %s on %s.".formatted(datastore(), server);
      case ERROR_REASON_UNDER_MAINTENANCE -> underMaintenance();
      case ERROR_REASON_NOT_MOUNTED ->
          "%s is not mounted: %s is not there, or another device is in its place."
              .formatted(
                  datastore(),
                  error.about("device").map(device -> "device " + device).orElse("its device"));
      case ERROR_REASON_CONFIG_INVALID -> configInvalid();
      case ERROR_REASON_LEASE_ENDED ->
          "The lease %s has ended (%s): stop working, release it and ask with a new id."
              .formatted(value("lease_id"), error.about("cause").orElse("expired"));
      case ERROR_REASON_LEASE_ID_REUSED ->
          "The lease id %s belongs to another operation, datastore or session."
              .formatted(value("lease_id"));
      case ERROR_REASON_WRONG_INCARNATION ->
          "The server has a different history (incarnation %s): read the data again."
              .formatted(value("incarnation"));
      case ERROR_REASON_QUOTA_EXCEEDED -> quotaExceeded();
      case ERROR_REASON_NOT_READY ->
          "The server on %s is %s.%s".formatted(server, notReady(), tryAgain());
      case ERROR_REASON_STORE_UNAVAILABLE ->
          "The server cannot write its configuration file; nothing was changed (%s)."
              .formatted(error.about("detail").orElse(error.text()));
      case ERROR_REASON_PERMISSION_DENIED ->
          "%s may not %s %s on %s (rule: %s): see 'datastored access explain %s%s'."
              .formatted(
                  value("principal"),
                  value("verb"),
                  error.about("datastore").isPresent() ? datastore() : "the server",
                  server,
                  value("rule"),
                  value("verb"),
                  error.about("datastore").map(name -> " " + name).orElse(""));
      case ERROR_REASON_UNAUTHENTICATED ->
          "%s does not accept this client's certificate: %s."
              .formatted(server, error.about("detail").orElse(error.text()));
      case ERROR_REASON_OUTCOME_UNKNOWN ->
          "The server could not finish the write, and the change may have taken effect (%s): check with 'datastored get'."
              .formatted(error.about("detail").orElse(error.text()));
      case ERROR_REASON_DATASTORE_EXISTS -> "%s already exists.".formatted(datastore());
      case ERROR_REASON_ETAG_MISMATCH ->
          "%s was changed by somebody else: read it again, then retry.".formatted(datastore());
      case ERROR_REASON_MODE_CHANGE_REFUSED -> modeChangeRefused();
      case ERROR_REASON_NOT_UNDER_MAINTENANCE ->
          ("%s is in service: there is nothing to drain. Set a mode first: datastored maintenance"
                  + " set %s MODE --drain")
              .formatted(datastore(), datastore());
      case ERROR_REASON_DATASTORE_IN_USE -> inUse();
      case ERROR_REASON_SESSION_NOT_FOUND ->
          error.about("recovering").filter("true"::equals).isPresent()
              ? "The server has been restarted and does not know this session yet: open it again"
                  + " with the same id, then continue its leases."
              : "The server does not know this session: it has ended, and its leases with it.";
      case ERROR_REASON_UNSPECIFIED, UNRECOGNIZED -> ofCode();
    };
  }

  private String underMaintenance() {
    var sentence = new StringBuilder(datastore());
    sentence
        .append(" refuses ")
        .append(error.about("operation").map(ErrorMessage::word).orElse("this operation"));
    sentence.append(": maintenance mode ");
    sentence.append(
        error.about("as_written").map("unreadable '%s'"::formatted).orElse(word(value("mode"))));
    error.about("message").ifPresent(words -> sentence.append(" \"").append(words).append('"'));
    error.about("since").ifPresent(since -> sentence.append(" since ").append(time(since)));
    error
        .about("expected_end")
        .ifPresent(end -> sentence.append(", expected to end ").append(time(end)));
    return sentence.append('.').toString();
  }

  /**
   * Ends with the command that clears the mode anyway, for a user who has read the reason before
   * it.
   */
  private String modeChangeRefused() {
    var sentence = new StringBuilder(datastore());
    sentence.append(" stays in mode ").append(word(value("mode")));
    error.about("message").ifPresent(words -> sentence.append(" \"").append(words).append('"'));
    error.about("since").ifPresent(since -> sentence.append(" since ").append(time(since)));
    error.about("set_by").ifPresent(by -> sentence.append(", set by ").append(by));
    sentence.append(": somebody is removing it.");
    error
        .about("etag")
        .ifPresent(
            etag ->
                sentence
                    .append(" To put it back into service anyway: datastored maintenance clear ")
                    .append(datastore())
                    .append(" --etag ")
                    .append(Labels.quoted(etag)));
    return sentence.toString();
  }

  private String inUse() {
    if (error.about("operations").isEmpty()) {
      return "%s is not in mode delete. First: %s".formatted(datastore(), drainFirst());
    }
    if (error.about("unseen").isPresent()) {
      return ("%s cannot be removed yet: operations of %s cannot be seen. When its tasks on %s have"
              + " ended, repeat with --ignore-pbs.")
          .formatted(datastore(), value("unseen"), datastore());
    }
    if (value("operations").equals("0") && value("sessions").equals("0")) {
      return ("%s cannot be removed yet: after a restart leases may still be continued, or a"
              + " process still has its directory open. Wait for it: datastored maintenance drain"
              + " %s")
          .formatted(datastore(), datastore());
    }
    return ("%s is in use: %s operations, %s sessions that have not applied the mode. Wait for"
            + " them: datastored maintenance drain %s")
        .formatted(datastore(), value("operations"), value("sessions"), datastore());
  }

  private String drainFirst() {
    return "datastored maintenance set " + datastore() + " delete --drain";
  }

  private String configInvalid() {
    if (error.isAboutTheRequest()) {
      return "%s cannot be written like that: %s."
          .formatted(
              datastore(),
              error.violations().isEmpty()
                  ? value("detail")
                  : String.join("; ", error.violations()));
    }
    String fault =
        "line %s, column %s: %s"
            .formatted(
                value("line"),
                value("column"),
                error
                    .about("property")
                    .filter(property -> !value("detail").startsWith(property))
                    .map(property -> property + ": " + value("detail"))
                    .orElse(value("detail")));
    return error.code() == Status.Code.INVALID_ARGUMENT
        ? "The section of %s has a fault in the file; repair it there first: %s."
            .formatted(datastore(), fault)
        : "The section of %s has never been readable: %s.".formatted(datastore(), fault);
  }

  private String ofCode() {
    return switch (error.code()) {
      case UNAVAILABLE ->
          "No server answers on %s%s.".formatted(server, inParentheses(error.text()));
      case DEADLINE_EXCEEDED -> "The server on %s did not answer in time.".formatted(server);
      case UNIMPLEMENTED ->
          "The server on %s does not know this call: another program, or another version."
              .formatted(server);
      case OK,
          CANCELLED,
          UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          INTERNAL,
          DATA_LOSS,
          UNAUTHENTICATED ->
          "The server on %s answered %s%s."
              .formatted(server, error.code(), inParentheses(error.text()));
    };
  }

  /** The error for programs if no server was called. */
  public static JsonObject noServer(String sentence) {
    var json = new JsonObject();
    json.addProperty("code", Status.Code.UNAVAILABLE.name());
    json.add("metadata", new JsonObject());
    json.addProperty("message", sentence);
    return json;
  }

  /** The error for programs: the same facts as on the wire. */
  public JsonObject json() {
    var json = new JsonObject();
    json.addProperty("code", error.code().name());
    error
        .reason()
        .ifPresent(
            reason -> json.addProperty("reason", reason.name().replaceFirst("^ERROR_REASON_", "")));
    var metadata = new JsonObject();
    error.metadata().forEach((key, value) -> metadata.add(key, new JsonPrimitive(value)));
    json.add("metadata", metadata);
    error.retryAfter().ifPresent(delay -> json.addProperty("retryAfterMillis", delay.toMillis()));
    json.addProperty("message", sentence());
    return json;
  }

  private String datastore() {
    return error.about("datastore").orElse("the datastore");
  }

  /** {@code READ_ONLY} as the file spells it: {@code read-only}. */
  private static String word(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The time to the second; the text unchanged if it is not a time. */
  private static String time(String told) {
    try {
      return Instant.parse(told).truncatedTo(ChronoUnit.SECONDS).toString();
    } catch (DateTimeParseException e) {
      return told;
    }
  }

  private String quotaExceeded() {
    String option = value("limit");
    return error
        .about("share")
        .map(
            share ->
                ("%s has its share of the server's limit %s (%s of %s): release something, or ask its"
                        + " operator to raise --%s or --max-share.")
                    .formatted(value("principal"), option, share, value("value"), option))
        .orElseGet(
            () ->
                "The server's limit %s (%s) is reached: release something, or ask its operator to raise the limit."
                    .formatted(option, value("value")));
  }

  private String value(String key) {
    return error.about(key).orElse("?");
  }

  /** The server gives the reason: it is starting or stopping, or its disk is full. */
  private String notReady() {
    return error.text().isEmpty() ? "not ready" : error.text();
  }

  private String tryAgain() {
    return error
        .retryAfter()
        .map(delay -> " Try again in " + DurationText.print(delay) + ".")
        .orElse("");
  }

  /** The first line only: transports report whole chains of addresses, and sometimes nothing. */
  private static String inParentheses(String text) {
    String line = text.lines().findFirst().orElse("");
    if (line.isEmpty() || line.equals("io exception")) {
      return "";
    }
    return " (" + Ascii.truncate(line, 160, "...") + ")";
  }

  public static ErrorMessage of(ServerAddress server, Throwable failure) {
    return new ErrorMessage(server, ServerError.of(failure));
  }

  public static ErrorMessage of(ServerAddress server, DatastoredException failure) {
    return new ErrorMessage(server, ServerError.of(failure));
  }
}
