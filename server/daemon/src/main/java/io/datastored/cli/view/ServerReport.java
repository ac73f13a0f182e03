package io.datastored.cli.view;

import com.google.common.base.Ascii;
import io.datastored.service.wire.ProtoDrains;
import io.datastored.service.wire.ProtoFaults;
import io.datastored.service.wire.ProtoWords;
import io.datastored.v1.Datastore;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.MountState;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.StatusResponse;
import io.datastored.v1.Trouble;
import io.datastored.v1.WatcherStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A server report prints a server and a line for each of its datastores. Confined to the command's
 * thread.
 */
public final class ServerReport {

  /** Enough digits of the digest to distinguish two files. */
  private static final int DIGEST_DIGITS = 12;

  /** A watcher gets a line if it is behind for longer than a change takes to arrive. */
  private static final Duration SLOW = Duration.ofSeconds(1);

  /** The order of the datastores. */
  public enum Order {
    BY_NAME,
    /** Faults, then what is out of service and still in use, then what is out of service. */
    WORST_FIRST
  }

  private final ServerAddress server;
  private final PrintWriter out;
  private final Order order;
  private final List<DatastoreStatus> datastores = new ArrayList<>();

  /** The server itself, once its page is there. */
  private ServerStatus status = ServerStatus.getDefaultInstance();

  /** Whether there may be more than the server shows. */
  private boolean filtered;

  public ServerReport(ServerAddress server, PrintWriter out, Order order) {
    this.server = server;
    this.out = out;
    this.order = order;
  }

  /** Adds a page; the first page describes the server. */
  public void add(StatusResponse page) {
    if (page.hasServer()) {
      status = page.getServer();
      head(page);
    }
    datastores.addAll(page.getDatastoresList());
    filtered |= page.getFiltered();
  }

  public void print() {
    if (order == Order.WORST_FIRST) {
      datastores.sort(Comparator.comparingInt(ServerReport::goodness));
    }
    ReplicaReport.print(status, out);
    var table =
        new TextTable("DATASTORE", "MODE", "GEN", "READ", "WRITE", "LEASES", "FREE", "NOTE");
    datastores.forEach(each -> row(table, each));
    out.println();
    table.printTo(out);
    if (filtered) {
      out.println(Labels.FILTERED);
    }
    out.flush();
  }

  private void head(StatusResponse page) {
    out.printf(
        "datastored %s on %s: %s%s, up %s%n",
        status.getVersion(),
        server,
        Labels.of(status.getState()),
        status.hasRecoveryLeft()
            ? " for %s at most".formatted(HumanFormat.atMost(status.getRecoveryLeft()))
            : "",
        HumanFormat.age(status.getUptime()));
    ReplicaReport.me(status).ifPresent(out::println);
    ReplicaReport.outOfTouch(status).ifPresent(why -> out.println("trouble: " + why));
    if (status.getDigest().isEmpty()) {
      // What was left out looks like nothing.
      out.println("revision " + Labels.of(page.getRevision()));
      out.println("how it is used, and what is wrong with it, is shown to operators");
      return;
    }
    wrong();
    out.printf(
        "revision %s, digest %s%n",
        Labels.of(page.getRevision()), Ascii.truncate(status.getDigest(), DIGEST_DIGITS, ""));
    if (!status.getAccessDigest().isEmpty()) {
      out.println("rules digest " + Ascii.truncate(status.getAccessDigest(), DIGEST_DIGITS, ""));
    }
    out.printf(
        "%s, %s, %s%n",
        HumanFormat.count(status.getSessions(), "session"),
        HumanFormat.count(status.getLeases(), "lease"),
        HumanFormat.count(status.getWatchers(), "watcher"));
    if (status.hasCertificateExpires()) {
      out.println("certificate expires " + Labels.of(status.getCertificateExpires()));
    }
    edits();
  }

  private void wrong() {
    ReplicaReport.gone(status).forEach(out::println);
    status.getTroublesList().forEach(trouble -> out.println("trouble: " + trouble(trouble)));
    status.getConfigFaultsList().stream()
        .filter(fault -> !ProtoFaults.isTold(fault, status))
        .forEach(fault -> out.println("configuration: " + VisibleText.of(ProtoFaults.text(fault))));
    status.getLimitsList().stream()
        .flatMap(limit -> LimitLine.of(limit).stream())
        .forEach(out::println);
    status.getSlowestWatchersList().stream()
        .filter(watcher -> HumanFormat.of(watcher.getLag()).compareTo(SLOW) > 0)
        .forEach(this::slow);
  }

  /** Prints nothing if the server does not report it. */
  private void edits() {
    switch (status.getEditDetection()) {
      case EDIT_DETECTION_WATCH ->
          out.printf(
              "edits of the file are reported by the system, and the file is compared every %s%n",
              DurationText.print(HumanFormat.of(status.getDigestCheck())));
      case EDIT_DETECTION_PERIODIC ->
          out.printf(
              "edits of the file are found only by comparing it, every %s%n",
              DurationText.print(HumanFormat.of(status.getDigestCheck())));
      case EDIT_DETECTION_UNSPECIFIED, UNRECOGNIZED -> {}
    }
  }

  /** {@code the state cannot be written: no space is left (since 2026-11-28 03:00:00 UTC)}. */
  static String trouble(Trouble trouble) {
    return VisibleText.of(
        trouble.hasSince()
            ? "%s (since %s)".formatted(trouble.getMessage(), Labels.of(trouble.getSince()))
            : trouble.getMessage());
  }

  private void slow(WatcherStatus watcher) {
    out.printf(
        "watcher %s is behind for %s: sent %d, applied %s%n",
        watcher.getPeer(),
        HumanFormat.age(watcher.getLag()),
        watcher.getSent().getGeneration(),
        watcher.hasApplied() ? watcher.getApplied().getGeneration() : "-");
  }

  private static int goodness(DatastoreStatus status) {
    if (status.hasConfigFault() || status.getTroublesCount() > 0) {
      return 0;
    }
    if (status.getDatastore().getMountState() == MountState.MOUNT_STATE_NOT_MOUNTED) {
      return 1;
    }
    if (status.hasDrain()) {
      return status.getDrain().getDrained() ? 3 : 2;
    }
    return status.getOperations().getRead() + status.getOperations().getWrite() > 0 ? 4 : 5;
  }

  private static void row(TextTable table, DatastoreStatus status) {
    Datastore datastore = status.getDatastore();
    table.row(
        datastore.getName(),
        datastore.hasMaintenance() ? ProtoWords.mode(datastore.getMaintenance()) : "",
        datastore.getGeneration(),
        status.hasOperations() ? status.getOperations().getRead() : "-",
        status.hasOperations() ? status.getOperations().getWrite() : "-",
        status.hasOperations() ? status.getLeases() : "-",
        status.hasSpace() && status.getSpace().getTotalBytes() > 0
            ? HumanFormat.bytes(status.getSpace().getAvailableBytes())
            : "-",
        note(status));
  }

  /** What an operator must see at a glance; {@code status NAME} shows the details. */
  private static String note(DatastoreStatus status) {
    List<String> notes = new ArrayList<>();
    if (status.hasConfigFault()) {
      notes.add(
          "fault in line %d%s"
              .formatted(
                  status.getConfigFault().getLine(),
                  status.getConfigFault().getLastGoodServed()
                          || status.getDatastore().hasMaintenance()
                      ? ""
                      : ", not served"));
    }
    if (status.getDatastore().getMountState() == MountState.MOUNT_STATE_NOT_MOUNTED) {
      notes.add("not mounted");
    }
    if (status.hasDrain()) {
      notes.add(ProtoDrains.progress(status.getDrain()));
    }
    status.getTroublesList().forEach(trouble -> notes.add(VisibleText.of(trouble.getMessage())));
    String message = status.getDatastore().getMaintenance().getMessage();
    if (!message.isEmpty()) {
      notes.add("\"" + message + "\"");
    }
    return String.join(", ", notes);
  }
}
