package io.datastored.client;

import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.ManagedChannel;

/**
 * Server streams are the watches and drains of a program that needs no session, no lease and no
 * answer from memory: a dashboard, or a script that takes a datastore out of service. Thread-safe.
 *
 * <p>Each is followed by the thread that asks, over broken connections and restarts of the server,
 * until it is over or the thread is interrupted.
 */
public final class ServerStreams {

  private final ManagedChannel channel;
  private final ClientTimes times;
  private final ClientSources sources;

  private ServerStreams(ManagedChannel channel, ClientTimes times, ClientSources sources) {
    this.channel = channel;
    this.times = times;
    this.sources = sources;
  }

  /**
   * Streams over a channel that somebody else owns and shuts down.
   *
   * @param options of which sources, backoffs and the deadline of a call are used: a stream that is
   *     silent for so much longer than it should be is dead
   */
  public static ServerStreams over(ManagedChannel channel, ClientOptions options) {
    return new ServerStreams(channel, options.times(), options.sources());
  }

  /**
   * Follows changes until the listener wants no more. It resumes after the last frame that the
   * listener has seen; what was missed comes as one frame.
   *
   * @throws DatastoredException when the first attempt finds no server, or the server refuses
   */
  public void watch(WatchGenerationRequest selection, FrameListener listener)
      throws InterruptedException {
    var watch = new FollowedWatch(channel, selection, listener, times.callDeadline());
    new FollowedStream<WatchGenerationResponse>(channel, times, sources).follow(watch);
  }

  /**
   * Waits until a datastore is drained of what its mode refuses. A mode other than that of the
   * first answer ends it with ABORTED, also when the mode was changed while the server was away.
   *
   * @return the last message: DRAINED, ABORTED or TIMED_OUT; its elapsed time counts from this call
   * @throws DatastoredException when the first attempt finds no server, the server refuses, or
   *     nobody answers when the time of the request is over
   */
  public DrainResponse drain(DrainRequest request, DrainListener listener)
      throws InterruptedException {
    var drain =
        new FollowedDrain(
            channel, new ClientClock(sources), request, listener, times.callDeadline());
    new FollowedStream<DrainResponse>(channel, times, sources).follow(drain);
    return drain.end().orElseThrow();
  }
}
