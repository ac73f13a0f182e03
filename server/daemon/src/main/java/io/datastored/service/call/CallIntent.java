package io.datastored.service.call;

import io.datastored.engine.Engine.Intent;
import io.grpc.Context;

/**
 * The intent of a call that writes, held until its caller has gone or its time is up. Stateless.
 */
final class CallIntent {
  private CallIntent() {}

  /** What the current call is meant to do. */
  static Intent of(boolean validateOnly) {
    Intent intent = validateOnly ? Intent.VALIDATE_ONLY : Intent.COMMIT;
    return intent.unless(Context.current()::isCancelled);
  }
}
