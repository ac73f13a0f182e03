package io.datastored.client.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.v1.CloseSessionResponse;
import io.grpc.ConnectivityState;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class LeftServerTest {

  private final FakeChannel channel = new FakeChannel();
  private final LeftServer server = new LeftServer(channel);
  private final AtomicInteger done = new AtomicInteger();

  private boolean close() {
    return server.closeSession("id", Duration.ofSeconds(1), done::incrementAndGet);
  }

  @Test
  void closeSession_isSent_andTheConnectionIsClosedWhenItIsAnswered() {
    assertThat(close()).isTrue();
    assertThat(channel.shutdown).isFalse();
    channel.calls.get(0).answer(CloseSessionResponse.getDefaultInstance());
    assertThat(channel.shutdown).isTrue();
    assertThat(done).hasValue(1);
  }

  /** Nothing can arrive late of what was never sent: the session may be opened again. */
  @Test
  void closeSession_withoutAConnection_isNotSent() {
    channel.state = ConnectivityState.TRANSIENT_FAILURE;
    assertThat(close()).isFalse();
    assertThat(channel.calls).isEmpty();
    assertThat(channel.shutdown).isTrue();
  }
}
