package io.datastored.engine;

import com.google.common.base.Ticker;
import io.datastored.mount.BulkheadLimits;
import io.datastored.mount.Bulkheads;
import java.time.Duration;
import java.time.InstantSource;

/** Bulkheads for tests of what is not about them, with threads of their own. */
final class SharedBulkheads {

  static final Bulkheads ALL =
      new Bulkheads(
          BulkheadLimits.waiting(Duration.ofMinutes(1)),
          Ticker.systemTicker(),
          InstantSource.system(),
          call -> {
            Thread thread = new Thread(call, "base-path");
            thread.setDaemon(true);
            return thread;
          });

  private SharedBulkheads() {}
}
