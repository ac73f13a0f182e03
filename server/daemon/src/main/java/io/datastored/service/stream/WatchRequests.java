package io.datastored.service.stream;

import io.datastored.access.Subject;
import io.datastored.config.DatastoreName;
import io.datastored.service.wire.ProtoDatastores;
import io.datastored.service.wire.RequestFaults;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.watch.Selection;
import io.datastored.watch.View;
import io.datastored.watch.WatchRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Watch requests convert the WatchGenerationRequest of the contract. Stateless. */
final class WatchRequests {
  private static final int MOST_PATTERNS = 1000;

  /** A prefix is a string with which a name may begin. */
  private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9_][A-Za-z0-9._-]{0,31})?\\*");

  private WatchRequests() {}

  /** Reads everything except the session; notes all faults. */
  static WatchRequest read(WatchGenerationRequest request, Subject subject, RequestFaults faults) {
    return new WatchRequest(
        subject,
        selection(request, faults),
        ProtoDatastores.view(request.getView(), View.BASIC, "view", faults),
        request.hasKnown() ? faults.revision("known", request.getKnown()) : Optional.empty(),
        WatchPacing.interval(
            faults
                .duration("bookmark_interval", request.getBookmarkInterval())
                .orElse(Duration.ZERO)));
  }

  private static Selection selection(WatchGenerationRequest request, RequestFaults faults) {
    if (request.getDatastoresCount() > MOST_PATTERNS) {
      faults.add("datastores", "must have at most %d entries".formatted(MOST_PATTERNS));
      return Selection.everything();
    }
    boolean good = true;
    for (int i = 0; i < request.getDatastoresCount(); i++) {
      String pattern = request.getDatastores(i);
      if (!PREFIX.matcher(pattern).matches() && DatastoreName.tryParse(pattern).isEmpty()) {
        faults.add(
            "datastores[%d]".formatted(i), "must be a datastore name, or a prefix of one and '*'");
        good = false;
      }
    }
    return good ? Selection.of(request.getDatastoresList()) : Selection.everything();
  }
}
