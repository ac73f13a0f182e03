package io.datastored.service.call;

import io.datastored.engine.Engine.Intent;
import io.grpc.Context;

/**
 * A call intent is the intent of a call that writes; it lapses when the call is cancelled or its
 * deadline passes. Stateless.
 */
final class CallIntent {
  private CallIntent() {}

  /** The intent of the current call. */
  static Intent of(boolean validateOnly) {
    Intent intent = validateOnly ? Intent.VALIDATE_ONLY : Intent.COMMIT;
    return intent.unless(Context.current()::isCancelled);
  }
}
