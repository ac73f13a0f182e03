package io.datastored.cli.view;

import com.google.common.collect.ImmutableList;
import io.datastored.service.call.StatusText;
import io.datastored.v1.StatusResponse;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** A status overview is what {@code datastored status} prints, as a text. Stateless. */
public final class StatusOverview implements StatusText {
  @Override
  public String of(List<StatusResponse> pages, String server) {
    var text = new StringWriter();
    var out = new PrintWriter(text);
    var report =
        new ServerReport(
            new ServerAddress(server, ImmutableList.of(server), ServerAddress.Reach.THIS_HOST),
            out,
            ServerReport.Order.BY_NAME);
    pages.forEach(report::add);
    report.print();
    return text.toString();
  }
}
