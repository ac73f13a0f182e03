package io.datastored.access;

import com.google.common.base.Ticker;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.access.AuditEvent.Kind;
import io.datastored.access.AuditOptions.Need;
import io.datastored.access.AuditOptions.Recorded;
import io.datastored.engine.health.PeriodicTask;
import io.datastored.engine.health.PeriodicTasks;
import io.datastored.engine.health.TroubleCause;
import io.datastored.engine.health.Troubles;
import io.datastored.file.StoreException;
import io.datastored.operation.Operation;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An audit writer is an audit trail in a file. Thread-safe: {@link #record} puts events into a
 * bounded queue, and one thread of its own, which may hang in the file system, writes them.
 *
 * <p>The log counts as not writable after a write that failed or was too slow, until a write has
 * worked, and while a line waits for too long: so a write that hangs is noticed by all but the
 * thread that hangs.
 */
public final class AuditWriter implements AuditTrail, AutoCloseable {

  /** How soon a failure is followed by another attempt, and a file that vanished is noticed. */
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** A stack trace of a hanging write is logged after this. */
  private static final Duration STALLED = Duration.ofSeconds(10);

  /** The lines of one write have about 64 KiB. */
  private static final int LINES_PER_WRITE = 128;

  private final AuditOptions options;
  private final Path file;
  private final AuditSink sink;
  private final AuditLine line;
  private final AuditQueue queue;
  private final AuditPace pace;
  private final Troubles troubles;
  private final InstantSource clock;
  private final Ticker ticker;
  private volatile @Nullable PeriodicTask task;

  /** What is wrong since the last write that worked; null: nothing. */
  private volatile @Nullable String failure;

  /** Since when the file system is busy, by the ticker; null: it is not. */
  private volatile @Nullable Long busySince;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition finished = lock.newCondition();

  /** The number of times that somebody wanted to know whether the log can be written. */
  @GuardedBy("lock")
  private long asked;

  /** The number of those that were there when the last finished step began. */
  @GuardedBy("lock")
  private long answered;

  AuditWriter(
      AuditOptions options,
      AuditSink sink,
      Function<SocketAddress, String> peers,
      Troubles troubles,
      InstantSource clock,
      Ticker ticker) {
    this.options = options;
    this.file = options.file().orElseThrow();
    this.sink = sink;
    this.line = new AuditLine(peers);
    this.queue = new AuditQueue(options.maxLines(), options.maxBytes());
    this.pace = new AuditPace(options.denials());
    this.troubles = troubles;
    this.clock = clock;
    this.ticker = ticker;
  }

  /**
   * A writer to the file of the options. A file that cannot be opened prevents no start: it is a
   * trouble, like one that cannot be written later.
   *
   * @param peers the text of an address
   */
  public static AuditWriter of(
      AuditOptions options,
      Function<SocketAddress, String> peers,
      Troubles troubles,
      InstantSource clock,
      Ticker ticker) {
    var sink = new AuditFile(options.file().orElseThrow(), options.mode());
    return new AuditWriter(options, sink, peers, troubles, clock, ticker);
  }

  /** Starts the thread that writes, and waits, not for long, for its first look at the file. */
  public void start(PeriodicTasks tasks) {
    task = tasks.start("audit log", PERIOD, STALLED, PeriodicTask.Need.TO_BE_TOLD, this::step);
    Optional<String> unused = settle();
  }

  @Override
  public void record(AuditEvent event) {
    if (event.kind() != Kind.DENIED) {
      add(event);
      return;
    }
    AuditPace.Turn turn = pace.next(event.principal().orElse(Principal.ANONYMOUS), ticker.read());
    turn.before().ifPresent(this::add);
    if (turn.admitted()) {
      add(event);
    }
  }

  private void add(AuditPace.Omission omitted) {
    var event = AuditEvent.of(Kind.DENIALS_OMITTED).with(AuditField.COUNT, omitted.count());
    omitted.principal().ifPresent(event::by);
    add(event.build());
  }

  private void add(AuditEvent event) {
    if (queue.add(new AuditQueue.Entry(event, clock.instant(), ticker.read()))) {
      wake();
    }
  }

  private void wake() {
    PeriodicTask writing = task;
    if (writing != null) {
      writing.wake();
    }
  }

  @Override
  public boolean covers(Operation operation) {
    return operation == Operation.WRITE
        || (operation == Operation.READ && options.leases() == Recorded.READ_AND_WRITE);
  }

  @Override
  public Optional<String> obstacle() {
    return options.need() == Need.OPTIONAL ? Optional.empty() : trouble().map(AuditWriter::refusal);
  }

  @Override
  public Optional<String> settle() {
    if (options.need() == Need.OPTIONAL) {
      return Optional.empty();
    }
    // While it is known to hang, nobody else waits: a few calls would take all threads.
    return !hangs() && looked() ? obstacle() : Optional.of(refusal(tooSlow()));
  }

  /** Waits until a step has finished that began after now; false if that takes too long. */
  private boolean looked() {
    long left = options.slowest().toNanos();
    lock.lock();
    try {
      asked++;
      long mine = asked;
      wake();
      while (answered < mine) {
        if (left <= 0) {
          return false;
        }
        left = finished.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private static String refusal(String trouble) {
    return "changes are refused while the audit log cannot be written: " + trouble;
  }

  /** What is wrong with the log; empty if it can be written. */
  private Optional<String> trouble() {
    String failed = failure;
    if (failed != null) {
      return Optional.of(failed);
    }
    OptionalLong oldest = queue.waitingSince();
    boolean late = oldest.isPresent() && isTooLong(ticker.read() - oldest.getAsLong());
    return late || hangs() ? Optional.of(tooSlow()) : Optional.empty();
  }

  private boolean hangs() {
    Long busy = busySince;
    return busy != null && isTooLong(ticker.read() - busy);
  }

  private boolean isTooLong(long nanos) {
    return nanos >= options.slowest().toNanos();
  }

  private String tooSlow() {
    return "writing %s takes longer than %d ms".formatted(file, options.slowest().toMillis());
  }

  @Override
  public void report() {
    Optional<String> trouble = trouble();
    if (trouble.isEmpty()) {
      troubles.clear(TroubleCause.AUDIT);
      return;
    }
    troubles.raise(
        TroubleCause.AUDIT,
        "the audit log cannot be written: %s; %s"
            .formatted(
                trouble.get(),
                switch (options.need()) {
                  case REQUIRED ->
                      "until it can, changes of the configuration, clearing a mode, force and"
                          + " ignore_pbs are refused";
                  case OPTIONAL -> "changes are made without a record";
                }));
  }

  /** Looks at the file and writes what waits. For one thread at a time. */
  void step() {
    long mine;
    lock.lock();
    try {
      mine = asked;
    } finally {
      lock.unlock();
    }
    try {
      pace.over(ticker.read()).forEach(this::add);
      failure = write().orElse(null);
    } finally {
      lock.lock();
      try {
        answered = mine;
        finished.signalAll();
      } finally {
        lock.unlock();
      }
      report();
    }
  }

  /** What went wrong; empty if everything was written in time. */
  private Optional<String> write() {
    boolean slow = false;
    try {
      slow |= isSlow(sink::check);
      // What is added from now on is for the next step, so that this one ends.
      int left = queue.size();
      while (left > 0) {
        int most = Math.min(left, LINES_PER_WRITE);
        AuditBatch batch = AuditBatch.of(queue.first(most), line);
        slow |= isSlow(() -> append(batch));
        left -= most;
      }
      if (failure != null || queue.lost() > 0) {
        slow |= isSlow(this::appendInterruption);
      }
    } catch (IOException e) {
      return Optional.of(StoreException.of("write", file, e).getMessage());
    }
    if (queue.size() > 0) {
      wake();
    }
    return slow ? Optional.of(tooSlow()) : Optional.empty();
  }

  /** A call into the file system. */
  private interface DiskCall {
    void run() throws IOException;
  }

  private boolean isSlow(DiskCall call) throws IOException {
    long began = ticker.read();
    busySince = began;
    try {
      call.run();
    } finally {
      busySince = null;
    }
    return isTooLong(ticker.read() - began);
  }

  private void append(AuditBatch batch) throws IOException {
    ByteBuffer bytes = batch.bytes();
    try {
      sink.append(bytes);
    } finally {
      // Also after a failure: lines that are whole in the file are not written again.
      queue.written(batch.wholeWithin(bytes.position()));
    }
  }

  /** Writes that there were troubles, and how many lines are missing. */
  private void appendInterruption() throws IOException {
    long lost = queue.lost();
    var event = AuditEvent.of(Kind.AUDIT_INTERRUPTED).with(AuditField.COUNT, lost);
    event.with(AuditField.REASON, Optional.ofNullable(failure));
    sink.append(ByteBuffer.wrap(line.of(event.build(), clock.instant())));
    queue.reported(lost);
  }

  /** Writes what waits, unless that takes too long, and stops. Idempotent. */
  @Override
  public void close() {
    PeriodicTask writing = task;
    if (writing == null) {
      return;
    }
    boolean looked = looked();
    task = null;
    writing.closeWithin(options.slowest());
    if (looked) {
      try {
        sink.close();
      } catch (IOException e) {
        failure = StoreException.of("write", file, e).getMessage();
        report();
      }
    }
  }
}
