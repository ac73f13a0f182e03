package io.datastored.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Ticker;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ConnectionsTest {
  private static final Optional<InetAddress> LOCAL = Optional.empty();
  private static final Optional<InetAddress> ONE = address("192.0.2.1");
  private static final Optional<InetAddress> OTHER = address("192.0.2.2");

  private final Connections connections;

  ConnectionsTest() {
    var limits = new ConnectionLimits.Builder();
    limits.connections = 5;
    limits.perAddress = 2;
    connections = new Connections(limits.build(), Ticker.systemTicker());
  }

  @Test
  void admit_moreOfOneAddressThanAllowed_refusesThatAddressOnly() {
    assertThat(connections.admit(ONE)).isEmpty();
    assertThat(connections.admit(ONE)).isEmpty();

    assertThat(connections.admit(ONE)).contains(Refusal.TOO_MANY_OF_ONE_ADDRESS);
    assertThat(connections.admit(OTHER)).isEmpty();
    assertThat(connections.count()).isEqualTo(3);
  }

  @Test
  void admit_ofThisHost_isBoundByTheTotalOnly() {
    for (int each = 0; each < 5; each++) {
      assertThat(connections.admit(LOCAL)).isEmpty();
    }

    assertThat(connections.admit(LOCAL)).contains(Refusal.TOO_MANY_CONNECTIONS);
    connections.left(LOCAL);
    assertThat(connections.admit(ONE)).isEmpty();
    assertThat(connections.admit(ONE)).contains(Refusal.TOO_MANY_CONNECTIONS);
  }

  @Test
  void admit_ofOneIpv6Network_countsAsOneAddress() {
    assertThat(connections.admit(address("2001:db8:0:1::1"))).isEmpty();
    assertThat(connections.admit(address("2001:db8:0:1::2"))).isEmpty();

    assertThat(connections.admit(address("2001:db8:0:1:ffff::3")))
        .contains(Refusal.TOO_MANY_OF_ONE_ADDRESS);
    assertThat(connections.admit(address("2001:db8:0:2::1"))).isEmpty();
  }

  @Test
  void left_ofTheLast_forgetsTheAddress() {
    connections.admit(ONE);
    connections.admit(ONE);
    connections.admit(ONE);
    connections.left(ONE);
    connections.left(ONE);

    assertThat(connections.count()).isZero();
    assertThat(connections.networks()).isZero();
  }

  @Test
  void allResets_moreThanAnIntHolds_areAsManyAsItHolds() {
    var limits = new ConnectionLimits.Builder();
    limits.resets = Rate.of(Integer.MAX_VALUE, 2);
    assertThat(limits.build().allResets().perSecond()).isEqualTo(Integer.MAX_VALUE);
  }

  private static Optional<InetAddress> address(String text) {
    return Optional.of(InetAddresses.forString(text));
  }
}
