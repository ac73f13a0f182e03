package io.datastored.service.trace;

import com.google.common.base.Ticker;
import io.datastored.engine.CommitTimes;
import io.datastored.lease.LogPace;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Slow calls are calls that have taken longer than the operator's limit: they are counted, and
 * logged with where their time went. Thread-safe.
 *
 * <p>Only calls that may touch a disk are timed. A lookup from memory never waits; watches, drains
 * and lookups that wait for a revision do so because they were asked to.
 */
public final class SlowCalls {
  private static final Logger log = LoggerFactory.getLogger(SlowCalls.class);

  private static final Duration LINES_IN = Duration.ofSeconds(10);

  private final Optional<Duration> bound;
  private final Ticker ticker;
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  /** A server that has become slow must not fill its log. */
  private final LogPace pace;

  /**
   * @param bound what takes longer is slow; empty: nothing is
   */
  public SlowCalls(Optional<Duration> bound, Ticker ticker) {
    this.bound = bound;
    this.ticker = ticker;
    this.pace = new LogPace(ticker::read, LINES_IN);
  }

  /** Begins to time a call. */
  public CallTimes begin() {
    return new CallTimes(ticker);
  }

  /** Records the commit that the current call has made. */
  public void committed(CommitTimes commit) {
    CallTimes.current().ifPresent(times -> times.committed(commit));
  }

  /**
   * Records that a call has been answered, and logs it if it was slow.
   *
   * @param who made it
   */
  public void end(CallTimes times, Object who) {
    if (bound.isEmpty()) {
      return;
    }
    Duration total = times.total();
    if (total.compareTo(bound.get()) < 0) {
      return;
    }
    String method = RequestId.current().method();
    counts.computeIfAbsent(method, unused -> new LongAdder()).increment();
    pace.next().ifPresent(left -> log(times, total, method, who, left));
  }

  private static void log(CallTimes times, Duration total, String method, Object who, long left) {
    LoggingEventBuilder line =
        log.atWarn()
            .addKeyValue("method", method)
            .addKeyValue("who", who)
            .addKeyValue("took_ms", total.toMillis());
    line = times.addTo(line, total);
    if (left > 0) {
      line = line.addKeyValue("without_a_line", left);
    }
    line.log("a call was slow");
  }

  /** Shows how many calls of each method were slow. */
  public void each(ObjLongConsumer<String> reader) {
    counts.forEach((method, count) -> reader.accept(method, count.sum()));
  }
}
