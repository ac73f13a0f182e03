package io.datastored.bench.load;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.function.IntFunction;

/**
 * One call makes the n-th unary call of a load. Thread-safe.
 *
 * @param <Q> type of the request
 * @param <A> type of the response
 */
record OneCall<Q, A>(MethodDescriptor<Q, A> method, IntFunction<Q> request) implements Calls {

  @Override
  public void start(Channel channel, int n, Ended ended) {
    ClientCalls.asyncUnaryCall(
        channel.newCall(method, CallOptions.DEFAULT),
        request.apply(n),
        new StreamObserver<A>() {
          @Override
          public void onNext(A answer) {}

          @Override
          public void onError(Throwable error) {
            ended.ended(false);
          }

          @Override
          public void onCompleted() {
            ended.ended(true);
          }
        });
  }
}
