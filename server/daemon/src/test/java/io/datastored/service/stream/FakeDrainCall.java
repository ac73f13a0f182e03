package io.datastored.service.stream;

import io.datastored.service.FakeStream;
import io.datastored.v1.DrainResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * A fake drain call has a client that reads as much as it is told, and may go. Confined to one
 * thread.
 */
final class FakeDrainCall extends FakeStream<DrainResponse> {
  final List<DrainResponse> sent = new ArrayList<>();
  final List<Throwable> errors = new ArrayList<>();
  boolean completed;
  private int room;

  void makeRoom(int messages) {
    room += messages;
    onReady.run();
  }

  void cancel() {
    onCancel.run();
  }

  @Override
  public void onNext(DrainResponse answer) {
    room--;
    sent.add(answer);
  }

  @Override
  public void onError(Throwable error) {
    errors.add(error);
  }

  @Override
  public void onCompleted() {
    completed = true;
  }

  @Override
  public boolean isReady() {
    return room > 0;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }
}
