package io.datastored.service.wire;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import io.datastored.access.Limit;
import io.datastored.access.LimitReached;
import io.datastored.history.Revision;
import io.datastored.v1.ErrorReason;

/**
 * Reached limits are refused with the limit, the share of the caller, and what to do. Stateless.
 */
final class ReachedLimits {
  private ReachedLimits() {}

  static RefusalRow row(LimitReached reached, Revision revision, Message... more) {
    Limit limit = reached.limit();
    String text = "%s: %s".formatted(reached, todo(reached));
    ErrorInfo info =
        RefusalRow.info(ErrorReason.ERROR_REASON_QUOTA_EXCEEDED, revision)
            .putMetadata("limit", limit.name())
            .putMetadata("value", Long.toString(limit.value()))
            .putMetadata("principal", reached.share().map(share -> share.of().text()).orElse(""))
            .putMetadata(
                "share", reached.share().map(share -> Long.toString(share.places())).orElse(""))
            .build();
    return new RefusalRow(
        Code.RESOURCE_EXHAUSTED,
        text,
        info,
        ImmutableList.<Message>builder()
            .add(
                QuotaFailure.newBuilder()
                    .addViolations(
                        QuotaFailure.Violation.newBuilder()
                            .setSubject(subject(reached))
                            .setDescription(text))
                    .build())
            .add(more)
            .build());
  }

  private static String todo(LimitReached reached) {
    String option = reached.limit().name();
    return reached.share().isPresent()
        ? "end some first, or ask for a higher --%s or --max-share".formatted(option)
        : "try again when some have ended, or ask for a higher --%s".formatted(option);
  }

  private static String subject(LimitReached reached) {
    return reached
        .share()
        .map(share -> "principal:" + share.of().text())
        .orElseGet(() -> "limit:" + reached.limit().name());
  }
}
