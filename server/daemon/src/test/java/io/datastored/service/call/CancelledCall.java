package io.datastored.service.call;

import io.grpc.stub.ServerCallStreamObserver;

/** A cancelled call is one whose client has gone before it was answered. Stateless. */
final class CancelledCall<A> extends ServerCallStreamObserver<A> {

  @Override
  public boolean isCancelled() {
    return true;
  }

  @Override
  public void setOnCancelHandler(Runnable onCancelHandler) {}

  @Override
  public void setCompression(String compression) {}

  @Override
  public boolean isReady() {
    return false;
  }

  @Override
  public void setOnReadyHandler(Runnable onReadyHandler) {}

  @Override
  public void request(int count) {}

  @Override
  public void setMessageCompression(boolean enable) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void onNext(A value) {}

  @Override
  public void onError(Throwable t) {}

  @Override
  public void onCompleted() {}
}
