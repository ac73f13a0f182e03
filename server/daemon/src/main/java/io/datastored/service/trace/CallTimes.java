package io.datastored.service.trace;

import com.google.common.base.Ticker;
import io.datastored.engine.CommitTimes;
import io.grpc.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Call times record where the time of one call goes that may touch a disk. Confined to one thread
 * at a time: the one that hands it over, then the one that runs it.
 */
public final class CallTimes {
  private static final Context.Key<CallTimes> KEY = Context.key("datastored-call-times");

  private final Ticker ticker;
  private final long begun;
  private final List<CommitTimes> commits = new ArrayList<>(0);
  private long started;

  CallTimes(Ticker ticker) {
    this.ticker = ticker;
    this.begun = ticker.read();
    this.started = begun;
  }

  /** Those of the current call, if it is one that may touch a disk. */
  static Optional<CallTimes> current() {
    return Optional.ofNullable(KEY.get());
  }

  /** The current context with these times. */
  public Context context() {
    return Context.current().withValue(KEY, this);
  }

  /** Records that a thread has begun to answer the call. */
  public void start() {
    started = ticker.read();
  }

  /** It has made a commit. */
  void committed(CommitTimes commit) {
    commits.add(commit);
  }

  /** How long it has taken up to now. */
  Duration total() {
    return Duration.ofNanos(ticker.read() - begun);
  }

  /** Adds the parts to a line of the log, in milliseconds. */
  LoggingEventBuilder addTo(LoggingEventBuilder line, Duration total) {
    Duration queued = Duration.ofNanos(started - begun);
    Duration rest = total.minus(queued);
    LoggingEventBuilder built = line.addKeyValue("queued_ms", queued.toMillis());
    for (CommitTimes.Part part : CommitTimes.Part.values()) {
      Duration spent =
          commits.stream()
              .map(commit -> commit.parts().getOrDefault(part, Duration.ZERO))
              .reduce(Duration.ZERO, Duration::plus);
      rest = rest.minus(spent);
      if (!commits.isEmpty()) {
        built = built.addKeyValue(part.word() + "_ms", spent.toMillis());
      }
    }
    return built.addKeyValue("rest_ms", TimeUnit.NANOSECONDS.toMillis(Math.max(0, rest.toNanos())));
  }
}
