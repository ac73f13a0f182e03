package io.datastored.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.cli.Shell;
import io.datastored.cli.view.ServerAddress.Reach;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServerAddressTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:7400, dns:///127.0.0.1:7400, THIS_HOST",
    "localhost,      dns:///localhost:7400, THIS_HOST",
    "[::1]:7401,     dns:///%5B::1%5D:7401, THIS_HOST",
    "::1,            dns:///%5B::1%5D:7400, THIS_HOST",
    "[2001:db8::7],  dns:///%5B2001:db8::7%5D:7400, NETWORK",
    "backup:7400,    dns:///backup:7400,    NETWORK",
    "unix:/run/d,    unix:///run/d,         THIS_HOST",
    "unix:///run/d,  unix:///run/d,         THIS_HOST",
  })
  void parse_makesATarget_thatIsAUri(String text, String target, Reach reach) {
    ServerAddress address = ServerAddress.parse(text);
    assertThat(address.target()).isEqualTo(target);
    assertThat(URI.create(address.target())).isNotNull();
    assertThat(address.reach()).isEqualTo(reach);
  }

  @Test
  void server_thatIsNotThere_isOneSentence_forIpv6Too() {
    Shell.Result result = new Shell().run("status", "--server", "[::1]:1");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).startsWith("datastored status: No server answers on [::1]:1");
  }
}
