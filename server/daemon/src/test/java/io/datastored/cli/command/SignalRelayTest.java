package io.datastored.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.cli.view.Terminal;
import io.datastored.client.fake.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SignalRelayTest {

  private final FakeChild child = new FakeChild(new ManualTime(), Duration.ofSeconds(1));

  @Test
  void received_beforeThereIsAChild_isHandedOnWhenItIsThere() {
    var relay = new SignalRelay(Terminal.PLAIN);
    relay.received("TERM");
    relay.relayTo(child);
    relay.received("INT");
    assertThat(child.told).containsExactly("TERM at 0s", "INT at 0s");
  }

  @Test
  void received_ctrlCOnATerminal_isNotDoubled() {
    var relay = new SignalRelay(Terminal.TERMINAL);
    relay.relayTo(child);
    relay.received("INT");
    relay.received("TERM");
    assertThat(child.told).containsExactly("TERM at 0s");
  }
}
