package io.datastored.service.page;

import com.google.common.html.HtmlEscapers;
import com.google.rpc.ErrorInfo;
import io.datastored.service.call.StatusText;
import io.datastored.service.wire.ProtoFaults;
import io.datastored.service.wire.ProtoWords;
import io.datastored.v1.DatastoreStatus;
import io.datastored.v1.MountState;
import io.datastored.v1.ReplicaStatus;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.StatusResponse;
import io.datastored.v1.Trouble;
import java.util.ArrayList;
import java.util.List;

/** A status table is a status as HTML without a script. Immutable. */
public final class StatusTable implements StatusText {

  @Override
  public String of(List<StatusResponse> pages, String server) {
    var html = new StringBuilder();
    StatusResponse first = pages.get(0);
    ServerStatus status = first.getServer();
    html.append(
        "<p>datastored %s on %s: %s, revision %s/%d</p>%n"
            .formatted(
                escaped(status.getVersion()),
                escaped(server),
                ProtoWords.word(status.getState()).orElseThrow(),
                escaped(first.getRevision().getIncarnation()),
                first.getRevision().getGeneration()));
    if (status.getTroublesCount() > 0) {
      html.append("<h2>Needs you</h2>\n<ul>\n");
      for (Trouble trouble : status.getTroublesList()) {
        html.append("<li>").append(escaped(trouble.getMessage())).append("</li>\n");
      }
      html.append("</ul>\n");
    }
    if (status.getReplicasCount() > 0) {
      html.append("<h2>Replicas</h2>\n<ul>\n");
      for (ReplicaStatus replica : status.getReplicasList()) {
        html.append("<li>")
            .append(escaped(replica.getName() + ": " + ReplicaWords.state(replica)))
            .append("</li>\n");
      }
      html.append("</ul>\n");
    }
    html.append("<h2>Datastores</h2>\n<table>\n<thead><tr>");
    for (String head : new String[] {"Name", "Mode", "Read", "Write", "In use", "Note"}) {
      html.append("<th scope=\"col\">").append(head).append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    pages.forEach(page -> page.getDatastoresList().forEach(each -> row(each, html)));
    html.append("</tbody>\n</table>\n");
    if (first.getFiltered()) {
      html.append("<p>There may be more datastores that are not shown to you.</p>\n");
    }
    return html.toString();
  }

  private static void row(DatastoreStatus status, StringBuilder html) {
    html.append("<tr><th scope=\"row\">")
        .append(escaped(status.getDatastore().getName()))
        .append("</th>");
    cell(
        "Mode",
        status.getDatastore().hasMaintenance()
            ? ProtoWords.mode(status.getDatastore().getMaintenance())
            : "not served",
        html);
    cell("Read", verdict("READ", status), html);
    cell("Write", verdict("WRITE", status), html);
    cell(
        "In use",
        status.hasOperations()
            ? "%d read, %d write"
                .formatted(status.getOperations().getRead(), status.getOperations().getWrite())
            : "-",
        html);
    cell("Note", note(status), html);
    html.append("</tr>\n");
  }

  private static void cell(String label, String text, StringBuilder html) {
    html.append("<td data-label=\"").append(label).append("\">").append(escaped(text));
    html.append("</td>");
  }

  private static String verdict(String operation, DatastoreStatus status) {
    for (ErrorInfo refusal : status.getRefusalsList()) {
      if (refusal.getMetadataOrDefault("operation", "").equals(operation)) {
        return "no";
      }
    }
    return "yes";
  }

  private static String note(DatastoreStatus status) {
    List<String> notes = new ArrayList<>();
    if (status.hasConfigFault()) {
      notes.add(ProtoFaults.text(status.getConfigFault()));
    }
    if (status.getDatastore().getMountState() == MountState.MOUNT_STATE_NOT_MOUNTED) {
      notes.add("not mounted");
    }
    if (status.hasDrain()) {
      notes.add(status.getDrain().getDrained() ? "drained" : status.getDrain().getWaitsFor());
    }
    status.getTroublesList().forEach(trouble -> notes.add(trouble.getMessage()));
    if (!status.getDatastore().getMaintenance().getMessage().isEmpty()) {
      notes.add("“" + status.getDatastore().getMaintenance().getMessage() + "”");
    }
    return String.join("; ", notes);
  }

  private static String escaped(String text) {
    return HtmlEscapers.htmlEscaper().escape(text);
  }
}
