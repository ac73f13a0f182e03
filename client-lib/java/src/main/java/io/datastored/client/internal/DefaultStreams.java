package io.datastored.client.internal;

import io.datastored.client.ClientOptions;
import io.datastored.client.ClientSources;
import io.datastored.client.ClientTimes;
import io.datastored.client.DrainListener;
import io.datastored.client.FrameListener;
import io.datastored.client.ServerStreams;
import io.datastored.client.internal.loop.ClientClock;
import io.datastored.client.internal.stream.FollowedDrain;
import io.datastored.client.internal.stream.FollowedStream;
import io.datastored.client.internal.stream.FollowedWatch;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.ManagedChannel;

/** Default streams are the implementation of {@link ServerStreams}. Thread-safe. */
final class DefaultStreams implements ServerStreams {

  private final ManagedChannel channel;
  private final ClientTimes times;
  private final ClientSources sources;

  DefaultStreams(ManagedChannel channel, ClientOptions options) {
    this.channel = channel;
    this.times = options.times();
    this.sources = options.sources();
  }

  @Override
  public void watch(WatchGenerationRequest selection, FrameListener listener)
      throws InterruptedException {
    var watch = new FollowedWatch(channel, selection, listener, times.callDeadline());
    new FollowedStream<WatchGenerationResponse>(channel, times, sources).follow(watch);
  }

  @Override
  public DrainResponse drain(DrainRequest request, DrainListener listener)
      throws InterruptedException {
    var drain =
        new FollowedDrain(
            channel, new ClientClock(sources), request, listener, times.callDeadline());
    new FollowedStream<DrainResponse>(channel, times, sources).follow(drain);
    return drain.end().orElseThrow();
  }
}
