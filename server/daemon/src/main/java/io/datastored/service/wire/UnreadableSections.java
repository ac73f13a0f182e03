package io.datastored.service.wire;

import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.datastored.config.DatastoreName;
import io.datastored.config.document.ConfigFault;
import io.datastored.history.Revision;
import io.datastored.v1.ErrorReason;
import java.util.Optional;

/** Unreadable sections are the row for a section of the configuration with a fault. Stateless. */
final class UnreadableSections {
  private UnreadableSections() {}

  /**
   * The row of a section.
   *
   * @param where the fault in the file, if it is there
   */
  static RefusalRow row(
      DatastoreName name, Optional<ConfigFault> where, String detail, Revision revision) {
    return RefusalRow.of(
        Code.FAILED_PRECONDITION,
        detail,
        place(where, RefusalRow.info(ErrorReason.ERROR_REASON_CONFIG_INVALID, revision))
            .putMetadata("datastore", name.value())
            .putMetadata("property", where.map(ConfigFault::property).orElse(""))
            .putMetadata("detail", where.map(ConfigFault::message).orElse(detail)));
  }

  /** Adds line and column; both are 0 if the fault is in a request and not in the file. */
  static ErrorInfo.Builder place(Optional<ConfigFault> where, ErrorInfo.Builder info) {
    return info.putMetadata("line", Integer.toString(where.map(ConfigFault::line).orElse(0)))
        .putMetadata("column", Integer.toString(where.map(ConfigFault::column).orElse(0)));
  }
}
