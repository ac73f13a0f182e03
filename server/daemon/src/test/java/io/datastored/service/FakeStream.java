package io.datastored.service;

import io.grpc.stub.ServerCallStreamObserver;

/**
 * A fake stream is the server's side of a call without a transport, which each kind of it says more
 * about. Confined to one thread.
 */
public abstract class FakeStream<A> extends ServerCallStreamObserver<A> {
  protected Runnable onReady = () -> {};
  protected Runnable onCancel = () -> {};

  @Override
  public void setOnReadyHandler(Runnable handler) {
    onReady = handler;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {
    onCancel = handler;
  }

  @Override
  public void setOnCloseHandler(Runnable handler) {}

  @Override
  public void setCompression(String compression) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void request(int count) {}

  @Override
  public void setMessageCompression(boolean enable) {}
}
