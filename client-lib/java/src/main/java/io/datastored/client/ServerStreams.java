package io.datastored.client;

import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.WatchGenerationRequest;
import io.grpc.ManagedChannel;

/**
 * Server streams are watches and drains for programs that need no session, no lease and no near
 * cache: a dashboard, or a script that takes a datastore out of service. Thread-safe.
 *
 * <p>The calling thread follows the stream across broken connections and restarts of the server,
 * until the stream is complete or the thread is interrupted.
 */
public interface ServerStreams {

  /**
   * Creates streams over a channel that the caller owns and shuts down.
   *
   * @param options only sources, backoffs and the call deadline are used; a stream is considered
   *     dead if its next message is overdue by the call deadline, and then the channel {@link
   *     ManagedChannel#enterIdle connects again}
   */
  static ServerStreams over(ManagedChannel channel, ClientOptions options) {
    return ClientProvider.bundled().streams(channel, options);
  }

  /**
   * Watches changes until the listener wants no more. A broken stream resumes after the last frame
   * that the listener has received; missed changes arrive as one frame.
   *
   * @throws DatastoredException if no attempt has reached the server yet and one fails, or the
   *     server refuses the watch
   * @throws InterruptedException if the thread is interrupted
   */
  void watch(WatchGenerationRequest selection, FrameListener listener) throws InterruptedException;

  /**
   * Waits until a datastore is drained of the operations that its mode refuses. The drain ends with
   * ABORTED if the mode differs from that of the first answer, even if it was changed while the
   * server was unreachable.
   *
   * @return the last message: DRAINED, ABORTED or TIMED_OUT; its elapsed time counts from this call
   * @throws DatastoredException if no attempt has reached the server yet and one fails, the server
   *     refuses the drain, or the server is unreachable when the timeout of the request is over
   * @throws InterruptedException if the thread is interrupted
   */
  DrainResponse drain(DrainRequest request, DrainListener listener) throws InterruptedException;
}
