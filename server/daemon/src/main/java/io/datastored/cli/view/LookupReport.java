package io.datastored.cli.view;

import com.google.gson.JsonObject;
import com.google.protobuf.util.Durations;
import io.datastored.v1.Datastore;
import io.datastored.v1.Lease;
import io.datastored.v1.LookupRequest;
import io.datastored.v1.LookupResponse;
import java.io.PrintWriter;
import java.time.Duration;

/** A lookup report prints the result of a lookup. Confined to the command's thread. */
public final class LookupReport {

  private final PrintWriter out;
  private final OutputFormat format;

  public LookupReport(PrintWriter out, OutputFormat format) {
    this.out = out;
    this.format = format;
  }

  public void granted(LookupRequest request, LookupResponse response) {
    switch (format) {
      case JSON -> out.println(Json.line(response));
      case TABLE -> {
        String would = request.getValidateOnly() ? "would be granted" : "granted";
        out.printf("%s: %s %s%n", request.getDatastore(), Labels.of(request.getOperation()), would);
        describe(response);
      }
    }
    out.flush();
  }

  private void describe(LookupResponse response) {
    Datastore datastore = response.getDatastore();
    line("mode", Labels.of(datastore.getMaintenance()));
    line("mount", Labels.of(datastore.getMountState()));
    line("base path", datastore.getBasePath());
    line("etag", datastore.getEtag());
    line("revision", Labels.of(response.getRevision()));
    if (response.hasUnconfirmed()) {
      line(
          "unconfirmed",
          "for %s: the server is out of touch with the others, and this may be outdated"
              .formatted(HumanFormat.age(response.getUnconfirmed())));
    }
    if (response.hasLease()) {
      Lease lease = response.getLease();
      line("lease", lease.getLeaseId());
      line("fencing token", Long.toString(lease.getFencingToken()));
      line("ttl", DurationText.print(Duration.ofMillis(Durations.toMillis(lease.getTtl()))));
    }
  }

  /** Prints a line for a renewal only if the datastore has changed. */
  public void renewed(LookupResponse before, LookupResponse after) {
    if (before.getDatastore().getEtag().equals(after.getDatastore().getEtag())
        && before.getDatastore().getMountState() == after.getDatastore().getMountState()) {
      return;
    }
    switch (format) {
      case JSON -> out.println(Json.line(after));
      case TABLE ->
          out.printf(
              "%s: still held, now with mode %s, %s, revision %s%n",
              after.getDatastore().getName(),
              Labels.of(after.getDatastore().getMaintenance()),
              Labels.of(after.getDatastore().getMountState()),
              Labels.of(after.getRevision()));
    }
    out.flush();
  }

  public void refused(ErrorMessage explanation) {
    if (format == OutputFormat.JSON) {
      var json = new JsonObject();
      json.add("error", explanation.json());
      out.println(Json.line(json));
      out.flush();
    }
  }

  public void released(String datastore, AskedOperation operation) {
    if (format == OutputFormat.TABLE) {
      out.printf("%s: %s released%n", datastore, operation);
      out.flush();
    }
  }

  private void line(String key, String value) {
    out.printf("  %-13s  %s%n", key, VisibleText.of(value));
  }
}
