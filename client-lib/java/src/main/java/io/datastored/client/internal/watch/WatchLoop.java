package io.datastored.client.internal.watch;

import io.datastored.client.AppliedFrame;
import io.datastored.client.ClientMetrics;
import io.datastored.client.ClientOptions;
import io.datastored.client.ClientTimes;
import io.datastored.client.internal.cache.NearCache;
import io.datastored.client.internal.cache.Selection;
import io.datastored.client.internal.cache.SessionEpoch;
import io.datastored.client.internal.loop.Callbacks;
import io.datastored.client.internal.loop.Counters;
import io.datastored.client.internal.loop.Loop;
import io.datastored.client.internal.loop.WireTimes;
import io.datastored.client.internal.session.ClientHealth;
import io.datastored.client.internal.session.Servers;
import io.datastored.client.internal.session.SessionLoop;
import io.datastored.client.internal.session.SessionObserver;
import io.datastored.client.internal.transport.Backoff;
import io.datastored.client.internal.transport.Call;
import io.datastored.client.internal.transport.Failure;
import io.datastored.client.internal.transport.ServerChannel;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreView;
import io.datastored.v1.ErrorReason;
import io.datastored.v1.Revision;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The watch loop follows the generations of the server on one stream; it reopens a broken stream
 * and resumes after the last frame. Confined to the loop.
 */
public final class WatchLoop implements SessionObserver {

  private final Servers servers;
  private final ServerChannel channel;
  private final Loop loop;
  private final NearCache cache;
  private final SessionLoop session;
  private final FrameApplier applier;
  private final RevisionWaits waits;
  private final Callbacks callbacks;
  private final ClientHealth health;
  private final Counters counters;
  private final ClientMetrics metrics;
  private final ClientTimes times;
  private final Selection selection;
  private final Backoff backoff;
  private final WatchGenerationRequest request;
  private final WatchReader reader;

  private @Nullable Call stream;
  private Loop.@Nullable Timer next;
  private Loop.@Nullable Timer catchUp;
  private Loop.@Nullable Timer silence;
  private long openedAt;
  private long heardAt;
  private boolean fruitful;

  /** The last reported revision that was not applied when it was reported. */
  private @Nullable Revision told;

  /** Whether the next attempt waits for an answer about the session, and its earliest time. */
  private boolean awaitsSession;

  private long notBefore;

  /** How many servers have refused the watch, one after the other. */
  private int refusals;

  public WatchLoop(
      Servers servers,
      Loop loop,
      NearCache cache,
      SessionLoop session,
      FrameApplier applier,
      RevisionWaits waits,
      Callbacks callbacks,
      ClientHealth health,
      Counters counters,
      ClientOptions options) {
    this.servers = servers;
    this.channel = servers.control();
    this.loop = loop;
    this.cache = cache;
    this.session = session;
    this.applier = applier;
    this.waits = waits;
    this.callbacks = callbacks;
    this.health = health;
    this.counters = counters;
    this.metrics = options.metrics();
    this.times = options.times();
    this.selection = new Selection(options.datastores());
    this.backoff = new Backoff(times, options.sources().random());
    this.request =
        WatchGenerationRequest.newBuilder()
            .addAllDatastores(selection.entries())
            .setView(DatastoreView.DATASTORE_VIEW_FULL)
            .setBookmarkInterval(WireTimes.wire(times.bookmarkInterval()))
            .build();
    this.reader = new WatchReader(request);
  }

  @Override
  public void onOpened(SessionEpoch opening) {
    if (!openAwaited()) {
      open(cache.view().revision());
    }
  }

  @Override
  public void onOver() {
    close();
  }

  /** Reopens the watch if the reported revision is not applied soon. */
  @Override
  public void onTold(Revision revision) {
    if (openAwaited()) {
      return;
    }
    if (cache.view().reaches(revision)) {
      return;
    }
    told = revision;
    if (catchUp == null) {
      catchUpLater();
    }
  }

  /** Whether a watch waited for an answer about the session; if so, schedules its opening. */
  private boolean openAwaited() {
    boolean awaited = awaitsSession;
    if (awaited) {
      awaitsSession = false;
      openAfter(cache.clock().until(notBefore));
    }
    return awaited;
  }

  private void catchUpLater() {
    // A change outside its selection reaches a watch only with the next bookmark, but a new watch
    // reports it at once. A watch that has delivered nothing yet is such a new watch.
    Duration timeout = selection.isAll() ? times.catchUp() : Duration.ZERO;
    catchUp =
        loop.schedule(
            fruitful ? timeout : channel.detector().openTimeout(),
            () -> {
              catchUp = null;
              if (isBehind() && session.live() != null) {
                open(cache.view().revision());
              }
            });
  }

  /** Whether the last reported revision is not applied. */
  private boolean isBehind() {
    Revision newest = told;
    return newest != null && !cache.view().reaches(newest);
  }

  /** Ends the stream and cancels all timers. */
  public void close() {
    Call.cancel(stream);
    stream = null;
    Loop.Timer.cancel(next);
    Loop.Timer.cancel(catchUp);
    Loop.Timer.cancel(silence);
    next = null;
    catchUp = null;
    silence = null;
    awaitsSession = false;
    reader.clear();
    session.terms().snapshotGivenUp();
  }

  private void open(Optional<Revision> known) {
    close();
    SessionEpoch opening = session.live();
    if (opening == null) {
      return;
    }
    WatchGenerationRequest.Builder next = request.toBuilder().setSessionId(opening.sessionId());
    known.ifPresent(next::setKnown);
    openedAt = cache.clock().now();
    heardAt = openedAt;
    fruitful = false;
    counters.watchesOpened.increment();
    metrics.watchOpened();
    stream =
        channel.stream(
            DatastoreServiceGrpc.getWatchGenerationMethod(), next.build(), new Incoming());
    awaitSilence();
  }

  private void openAfter(Duration delay) {
    next = loop.schedule(delay, () -> open(cache.view().revision()));
  }

  private void awaitSilence() {
    Duration longest = reader.longestSilence();
    silence =
        loop.schedule(
            cache.clock().until(heardAt + longest.toNanos()),
            () -> {
              if (cache.clock().since(heardAt).compareTo(longest) < 0) {
                awaitSilence();
              } else {
                channel.renew();
                open(cache.view().revision());
              }
            });
  }

  private void apply(List<WatchGenerationResponse> parts, long arrivedAt) {
    WatchGenerationResponse last = parts.get(parts.size() - 1);
    if (last.hasSnapshot()) {
      session.terms().reveal();
    }
    FrameApplier.Result result = applier.apply(parts);
    if (result.verdict() == FrameApplier.Verdict.NEEDS_SNAPSHOT) {
      again();
      return;
    }
    if (!fruitful) {
      fruitful = true;
      hurry();
    }
    session.terms().applied();
    session.settle();
    if (result.frame().isPresent()) {
      tell(result.frame().get(), arrivedAt);
    } else {
      counters.framesDropped.increment();
      metrics.frameDropped();
    }
    waits.look(cache.view());
    // Apply, then acknowledge: lookups already obey every mode that a drain considers applied.
    if (last.getAckRequested()) {
      session.renewNow();
    }
  }

  /**
   * Restarts a pending catch-up with the shorter timeout for a watch that has delivered a frame.
   */
  private void hurry() {
    if (catchUp != null) {
      catchUp.cancel();
      catchUp = null;
      if (isBehind()) {
        catchUpLater();
      }
    }
  }

  private void tell(AppliedFrame frame, long arrivedAt) {
    counters.frames.increment();
    counters.generations.add(frame.generations());
    if (frame.kind() == AppliedFrame.Kind.SNAPSHOT) {
      counters.snapshots.increment();
    }
    metrics.frameApplied(frame, cache.clock().since(arrivedAt));
    callbacks.tell(listener -> listener.onFrame(frame));
  }

  /**
   * Restarts the watch with a snapshot after a frame that is not understood; with a backoff,
   * because the frame may come again.
   */
  private void again() {
    close();
    next = loop.schedule(backoff.next(), () -> open(Optional.empty()));
  }

  private final class Incoming implements Call.Messages<WatchGenerationResponse> {

    @Override
    public void message(WatchGenerationResponse message, long arrivedAt) {
      heardAt = cache.clock().now();
      health.watchRecovered();
      refusals = 0;
      switch (reader.read(message)) {
        case PART -> {
          if (message.hasSnapshot()) {
            session.terms().snapshotArrives();
          }
        }
        case FRAME -> apply(reader.frame(), arrivedAt);
        case UNKNOWN -> again();
      }
    }

    /** Whether another server may allow the watch: its rules and quotas are its own. */
    private boolean mayBeAllowedElsewhere(Failure failure) {
      return !failure.isTransient() && failure.mayDifferElsewhere() && ++refusals < servers.count();
    }

    @Override
    public void ended(Failure failure) {
      // A stream that opens and fails at once is a failure, too: only one that has delivered a
      // frame and lasted for a while counts as a success.
      if (fruitful && cache.clock().since(openedAt).compareTo(times.mostBackoff()) >= 0) {
        backoff.reset();
      }
      close();
      boolean cut = failure.status().getCode() == Status.Code.UNAVAILABLE;
      // How long a server that stops wants to be left alone does not matter to another one.
      Duration delay =
          cut && servers.areSeveral()
              ? backoff.next()
              : backoff.next(failure, session.mostPutOff());
      boolean unknown = cut || failure.is(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND);
      if (!unknown && !failure.isTransient()) {
        session.terms().watchRefused();
      }
      if (unknown || mayBeAllowedElsewhere(failure) && session.tryElsewhere()) {
        // The session loop finds out whether the session still exists. Until it has an answer, a
        // watch would only be another waiting call, or be refused because the session is gone.
        awaitsSession = true;
        notBefore = cache.clock().now() + delay.toNanos();
        if (cut) {
          session.resume();
        } else if (unknown) {
          session.renewNow();
        }
      } else {
        health.watchFailed(failure);
        openAfter(delay);
      }
    }
  }
}
