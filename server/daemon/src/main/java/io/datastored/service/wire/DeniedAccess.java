package io.datastored.service.wire;

import com.google.rpc.Code;
import io.datastored.access.Decision;
import io.datastored.config.DatastoreName;
import io.datastored.history.Revision;
import io.datastored.v1.ErrorReason;

/** Denied access is the row for what the rules do not allow. Stateless. */
final class DeniedAccess {
  private DeniedAccess() {}

  static RefusalRow row(Decision.Denied denied, Revision revision) {
    String datastore = denied.datastore().map(DatastoreName::value).orElse("");
    return RefusalRow.of(
        Code.PERMISSION_DENIED,
        "'%s' may not %s %s (rule: %s)"
            .formatted(
                denied.principal(),
                denied.verb().word(),
                datastore.isEmpty() ? "the server" : "datastore '" + datastore + "'",
                denied.rule()),
        RefusalRow.info(ErrorReason.ERROR_REASON_PERMISSION_DENIED, revision)
            .putMetadata("principal", denied.principal().text())
            .putMetadata("verb", denied.verb().word())
            .putMetadata("datastore", datastore)
            .putMetadata("rule", denied.rule()));
  }
}
