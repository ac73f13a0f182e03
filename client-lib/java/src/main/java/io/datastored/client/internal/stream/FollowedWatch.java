package io.datastored.client.internal.stream;

import io.datastored.client.DatastoredException;
import io.datastored.client.FrameListener;
import io.datastored.client.internal.watch.WatchReader;
import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingV2Stub;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.Channel;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;

/**
 * A followed watch passes complete frames to a listener and resumes after the last one. Confined to
 * the thread that follows it.
 */
public final class FollowedWatch implements FollowedStream.Reader<WatchGenerationResponse> {

  private final DatastoreServiceBlockingV2Stub stub;
  private final WatchGenerationRequest selection;
  private final FrameListener listener;
  private final Duration least;
  private final WatchReader reader;
  private WatchGenerationRequest request;
  private boolean fruitful;

  /**
   * @param least how long the server may take to answer
   */
  public FollowedWatch(
      Channel channel, WatchGenerationRequest selection, FrameListener listener, Duration least) {
    this.stub = DatastoreServiceGrpc.newBlockingV2Stub(channel);
    this.selection = selection;
    this.listener = listener;
    this.least = least;
    this.reader = new WatchReader(selection);
    this.request = selection;
  }

  @Override
  public BlockingClientCall<?, WatchGenerationResponse> open() {
    reader.clear();
    fruitful = false;
    return stub.watchGeneration(request);
  }

  @Override
  public Duration readTimeout() {
    return fruitful ? reader.longestSilence().plus(least) : least;
  }

  @Override
  public boolean read(WatchGenerationResponse message) {
    switch (reader.read(message)) {
      case PART -> {}
      case FRAME -> {
        fruitful = true;
        WatchGenerationResponse.Builder frame = WatchGenerationResponse.newBuilder();
        // Merging appends the lists of the parts.
        reader.frame().forEach(frame::mergeFrom);
        listener.onFrame(frame.build());
        // After the listener has returned: a frame that it has not processed must be sent again.
        request = selection.toBuilder().setKnown(frame.getRevision()).build();
      }
      case UNKNOWN -> {
        // As the contract advises, the watch starts over without a known revision.
        request = selection;
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean isDone() {
    return !listener.wantsMore();
  }

  @Override
  public boolean isTooLate() {
    return false;
  }

  @Override
  public void broken(DatastoredException why, Duration nextAttemptIn) {
    listener.onBroken(why, nextAttemptIn);
  }
}
