package io.datastored.client;

import io.datastored.v1.DatastoreServiceGrpc;
import io.datastored.v1.DatastoreServiceGrpc.DatastoreServiceBlockingV2Stub;
import io.datastored.v1.WatchGenerationRequest;
import io.datastored.v1.WatchGenerationResponse;
import io.grpc.Channel;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A followed watch passes complete frames to a listener and resumes after the last one. Confined to
 * the thread that follows it.
 */
final class FollowedWatch implements FollowedStream.Reader<WatchGenerationResponse> {

  /** By the contract, a client abandons a stream that is silent for three bookmark intervals. */
  private static final int INTERVALS = 3;

  private final DatastoreServiceBlockingV2Stub stub;
  private final WatchGenerationRequest selection;
  private final FrameListener listener;
  private final Duration least;
  private final FrameAssembly assembly = new FrameAssembly();
  private WatchGenerationRequest request;
  private Duration patience;

  /**
   * @param least how long the server may take to answer
   */
  FollowedWatch(
      Channel channel, WatchGenerationRequest selection, FrameListener listener, Duration least) {
    this.stub = DatastoreServiceGrpc.newBlockingV2Stub(channel);
    this.selection = selection;
    this.listener = listener;
    this.least = least;
    this.request = selection;
    this.patience = least;
  }

  @Override
  public BlockingClientCall<?, WatchGenerationResponse> open() {
    assembly.clear();
    patience = least;
    return stub.watchGeneration(request);
  }

  @Override
  public Duration patience() {
    return patience;
  }

  @Override
  public boolean read(WatchGenerationResponse message) {
    Optional<List<WatchGenerationResponse>> parts = assembly.add(message);
    if (!FrameAssembly.isKnown(parts.orElse(List.of(message)))) {
      // As the contract advises, the watch starts over without a known revision.
      request = selection;
      return false;
    }
    if (parts.isPresent()) {
      WatchGenerationResponse.Builder frame = WatchGenerationResponse.newBuilder();
      // Merging appends the lists of the parts.
      parts.get().forEach(frame::mergeFrom);
      apply(frame.build());
    }
    return true;
  }

  private void apply(WatchGenerationResponse frame) {
    patience = longestSilence(frame);
    listener.onFrame(frame);
    // After the listener has returned: a frame that it has not processed must be sent again.
    request = selection.toBuilder().setKnown(frame.getRevision()).build();
  }

  /** Uses the requested interval until a bookmark reports the interval that the server granted. */
  private Duration longestSilence(WatchGenerationResponse frame) {
    Duration wanted = silence(selection.getBookmarkInterval());
    if (frame.hasBookmark() && frame.getBookmark().hasInterval()) {
      return silence(frame.getBookmark().getInterval());
    }
    return wanted.compareTo(patience) > 0 ? wanted : patience;
  }

  private Duration silence(com.google.protobuf.Duration interval) {
    return WireTimes.duration(interval).multipliedBy(INTERVALS).plus(least);
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
