package io.datastored.cli.view;

import io.datastored.service.wire.ProtoFaults;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.DrainStatus;
import io.datastored.v1.GcStatus;
import io.datastored.v1.LocalProcess;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.Space;
import io.datastored.v1.StatusResponse;
import java.io.PrintWriter;

/**
 * A status report prints everything that a server knows of one datastore. Confined to the command's
 * thread.
 */
public final class StatusReport {

  private final ServerAddress server;
  private final PrintWriter out;
  private final DatastoreReport lines;

  public StatusReport(ServerAddress server, PrintWriter out) {
    this.server = server;
    this.out = out;
    this.lines = new DatastoreReport(out);
  }

  public void print(StatusResponse page) {
    page.getDatastoresList().forEach(status -> print(status, page));
    out.flush();
  }

  private void print(DatastoreStatus status, StatusResponse page) {
    lines.head(status.getDatastore(), page.getRevision());
    ServerStatus answering = page.getServer();
    if (answering.hasReplica()) {
      lines.line("shown by", ReplicaReport.me(answering).orElseThrow());
      ReplicaReport.outOfTouch(answering).ifPresent(why -> lines.line("unconfirmed", why));
    }
    lines.line(
        "in use by",
        status.hasOperations()
            ? BlockerSummary.counts(status.getOperations())
                + (status.getLeases() > 0
                    ? ", %s among them".formatted(HumanFormat.count(status.getLeases(), "lease"))
                    : "")
            : "(shown to operators)");
    status.getProcessesList().forEach(this::process);
    if (status.hasDrain()) {
      drain(status.getDrain());
    }
    status
        .getRefusalsList()
        .forEach(
            refusal ->
                lines.line(
                    "refused", new ErrorMessage(server, ServerError.of(refusal)).sentence()));
    status
        .getTroublesList()
        .forEach(trouble -> lines.line("trouble", ServerReport.trouble(trouble)));
    if (status.hasConfigFault()) {
      fault(status);
    }
    if (status.hasSpace()) {
      space(status.getSpace());
    }
    if (status.hasGc()) {
      garbage(status.getGc());
    }
    lines.settings(status.getDatastore().getSettings());
  }

  private void process(LocalProcess process) {
    lines.line(
        "",
        "process %d%s: %s"
            .formatted(
                process.getPid(),
                process.getName().isEmpty() ? "" : " (" + process.getName() + ")",
                BlockerSummary.counts(process.getOperations())));
  }

  private void drain(DrainStatus drain) {
    lines.line(
        "drained",
        drain.getDrained()
            ? "yes"
            : drain.getWaitsFor().isEmpty() ? "no" : "no: " + withoutStop(drain.getWaitsFor()));
  }

  private void fault(DatastoreStatus status) {
    lines.line("fault", ProtoFaults.text(status.getConfigFault()));
    lines.line("", served(status));
  }

  private static String served(DatastoreStatus status) {
    if (status.getConfigFault().getLastGoodServed()) {
      return "the last good version is served";
    }
    return status.getDatastore().hasMaintenance()
        ? "it is served closed to read and write"
        : "it is not served";
  }

  private void space(Space space) {
    if (space.getTotalBytes() > 0) {
      lines.line(
          "space",
          "%s free of %s, %s ago"
              .formatted(
                  HumanFormat.bytes(space.getAvailableBytes()),
                  HumanFormat.bytes(space.getTotalBytes()),
                  HumanFormat.age(space.getAge())));
    }
    if (!space.getError().isEmpty()) {
      lines.line("space", space.getError());
    }
  }

  private void garbage(GcStatus gc) {
    lines.line(
        "last gc",
        "%s on disk, %s removed, %s pending%s"
            .formatted(
                HumanFormat.bytes(gc.getDiskBytes()),
                HumanFormat.bytes(gc.getRemovedBytes()),
                HumanFormat.bytes(gc.getPendingBytes()),
                gc.getStillBad() > 0
                    ? ", " + HumanFormat.count(gc.getStillBad(), "bad chunk")
                    : ""));
  }

  private static String withoutStop(String sentence) {
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }
}
