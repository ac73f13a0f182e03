package io.datastored.service.stream;

import io.datastored.service.FakeStream;
import io.datastored.service.wire.EncodedMessage;
import io.datastored.v1.WatchGenerationResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A fake call has a transport that takes as many messages as it is told. Confined to one thread.
 */
final class FakeCall extends FakeStream<EncodedMessage> {
  final List<WatchGenerationResponse> sent = new ArrayList<>();
  final List<Throwable> errors = new ArrayList<>();
  private boolean cancelled;
  private int room;
  private int later;
  private int refusalsLeft;

  /** Thrown by the transport at the next message. */
  Optional<Error> broken = Optional.empty();

  void makeRoom(int messages) {
    boolean wasReady = isReady();
    room += messages;
    if (!wasReady && isReady()) {
      onReady.run();
    }
  }

  /** Gets room right after it has said so many times that there is none. */
  void makeRoomOnceFull(int messages, int refusals) {
    later = messages;
    refusalsLeft = refusals;
  }

  void cancel() {
    cancelled = true;
    onCancel.run();
  }

  WatchGenerationResponse last() {
    return sent.get(sent.size() - 1);
  }

  @Override
  public void onNext(EncodedMessage part) {
    if (!isReady()) {
      throw new AssertionError("sent though the transport has no room");
    }
    if (broken.isPresent()) {
      throw broken.get();
    }
    room--;
    try {
      sent.add(WatchGenerationResponse.parseFrom(part.open()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void onError(Throwable error) {
    errors.add(error);
  }

  @Override
  public void onCompleted() {
    throw new AssertionError("a watch has no end of its own");
  }

  @Override
  public boolean isReady() {
    boolean ready = room > 0 && !cancelled && errors.isEmpty();
    if (!ready && refusalsLeft > 0 && --refusalsLeft == 0) {
      room += later;
    }
    return ready;
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public void setOnReadyThreshold(int bytes) {
    if (bytes != 1) {
      throw new AssertionError("more than one message would be on its way");
    }
  }
}
