package io.datastored.transport;

import com.google.common.base.Ticker;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A refusal log reports refused connections, at most one line per reason in ten seconds, so that a
 * flood does not fill the log. Thread-safe under its own lock.
 */
public final class RefusalLog {
  private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);
  private static final Duration QUIET = Duration.ofSeconds(10);

  private static final class Kind {
    long nextAt;
    long unreported;
  }

  private final Ticker ticker;

  @GuardedBy("this")
  private final Map<Refusal, Kind> kinds = new EnumMap<>(Refusal.class);

  public RefusalLog(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Reports a refusal, or counts it for the next line. */
  void refused(Refusal why, String address) {
    long unreported;
    synchronized (this) {
      long now = ticker.read();
      Kind kind = kinds.get(why);
      if (kind == null) {
        kind = new Kind();
        kinds.put(why, kind);
      } else if (now - kind.nextAt < 0) {
        kind.unreported++;
        return;
      }
      unreported = kind.unreported;
      kind.unreported = 0;
      kind.nextAt = now + QUIET.toNanos();
    }
    var line = log.atWarn().addKeyValue("address", address);
    if (unreported > 0) {
      line = line.addKeyValue("more_since_last_line", unreported);
    }
    line.log(why.sentence());
  }
}
