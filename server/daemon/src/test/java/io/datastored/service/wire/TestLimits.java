package io.datastored.service.wire;

import com.google.common.base.Ticker;
import io.datastored.access.AuditTrail;
import io.datastored.access.Limit;
import io.datastored.access.Shares;
import io.datastored.history.Generation;
import io.datastored.history.Incarnation;
import io.datastored.history.Revision;
import io.datastored.service.call.AuditLog;
import io.datastored.service.trace.SlowCalls;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;

/** Limits and refusals of calls for tests of other things. Stateless. */
public final class TestLimits {
  private TestLimits() {}

  /** Limits that no test reaches. */
  public static CallLimits wide() {
    return new CallLimits(of("max-calls"), of("max-disk-calls"), of("max-answer-buffer"));
  }

  /** Of calls that are never slow. */
  public static SlowCalls untimed() {
    return new SlowCalls(Optional.empty(), Ticker.systemTicker());
  }

  /** Refusals of a server that is at its first generation. */
  public static Refusals refusals() {
    var first = new Revision(new Incarnation("0123456789abcdef"), new Generation(1));
    return new Refusals(
        () -> first, InstantSource.system(), new Random(1), new AuditLog(AuditTrail.NONE));
  }

  private static Shares of(String name) {
    return new Shares(new Limit(name, 1 << 20), Shares.WHOLE);
  }
}
