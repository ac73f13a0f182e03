package io.datastored.service.call;

import io.datastored.engine.Intent;
import io.grpc.Context;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A call intent is the intent of a call that writes; it lapses when the call is cancelled or its
 * deadline passes, and while what it changes cannot be recorded. Stateless.
 */
final class CallIntent {
  private CallIntent() {}

  /**
   * The intent of the current call.
   *
   * @param obstacle why changes cannot be recorded, see {@link AuditLog#settled}
   */
  static Intent of(boolean validateOnly, Supplier<Optional<String>> obstacle) {
    Intent intent = validateOnly ? Intent.VALIDATE_ONLY : Intent.COMMIT;
    return intent.unless(Context.current()::isCancelled).recorded(obstacle);
  }
}
