package io.datastored.service.wire;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.datastored.history.Revision;
import io.datastored.v1.ErrorReason;

/**
 * A refusal row is one row of the table from outcome to status. Immutable.
 *
 * @param code the status code
 * @param text the message for people
 * @param info the machine-readable reason
 * @param details further details of the status
 */
record RefusalRow(Code code, String text, ErrorInfo info, ImmutableList<Message> details) {
  static final String DOMAIN = "datastored";

  private static final String PREFIX = "ERROR_REASON_";

  static RefusalRow of(Code code, String text, ErrorInfo.Builder info, Message... details) {
    return new RefusalRow(code, text, info.build(), ImmutableList.copyOf(details));
  }

  /** The fields that every refusal has, whatever its reason. */
  static ErrorInfo.Builder info(ErrorReason reason, Revision revision) {
    return ErrorInfo.newBuilder()
        .setReason(reason.name().substring(PREFIX.length()))
        .setDomain(DOMAIN)
        .putMetadata("generation", Long.toString(revision.generation().value()));
  }

  Refusal refusal() {
    var status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(Brief.text(text))
            .addDetails(Any.pack(Brief.info(info)));
    details.forEach(detail -> status.addDetails(Any.pack(detail)));
    return Refusal.of(status.build());
  }
}
