package io.datastored.service.call;

import io.datastored.service.FakeStream;

/** A cancelled call is one whose client has gone before it was answered. Stateless. */
final class CancelledCall<A> extends FakeStream<A> {

  @Override
  public boolean isCancelled() {
    return true;
  }

  @Override
  public boolean isReady() {
    return false;
  }

  @Override
  public void onNext(A value) {}

  @Override
  public void onError(Throwable t) {}

  @Override
  public void onCompleted() {}
}
