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
    assertThat(address.targets()).containsExactly(target);
    assertThat(URI.create(target)).isNotNull();
    assertThat(address.reach()).isEqualTo(reach);
  }

  @Test
  void parse_several_areAsFarAsTheFarthest() {
    ServerAddress here = ServerAddress.parse("127.0.0.1:7400, unix:/run/d");
    assertThat(here.targets()).containsExactly("dns:///127.0.0.1:7400", "unix:///run/d");
    assertThat(here.reach()).isEqualTo(Reach.THIS_HOST);
    ServerAddress there = ServerAddress.parse("127.0.0.1:7400,backup");
    assertThat(there.targets()).containsExactly("dns:///127.0.0.1:7400", "dns:///backup:7400");
    assertThat(there.reach()).isEqualTo(Reach.NETWORK);
    assertThat(there.text()).isEqualTo("127.0.0.1:7400,backup");
  }

  @Test
  void severalServers_oneIsNoAddress_isNamed() {
    Shell.Result result = new Shell().run("status", "--server", "127.0.0.1:1,localhost:x");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("'localhost:x'");
    assertThat(new Shell().run("status", "--server", "127.0.0.1:1,,localhost:2").err())
        .contains("''");
  }

  @Test
  void severalServers_noneIsThere_isOneSentence() {
    Shell.Result result = new Shell().run("status", "--server", "127.0.0.1:1,[::1]:1");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err())
        .startsWith("datastored status: No server answers on 127.0.0.1:1,[::1]:1");
  }

  @Test
  void server_thatIsNotThere_isOneSentence_forIpv6Too() {
    Shell.Result result = new Shell().run("status", "--server", "[::1]:1");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).startsWith("datastored status: No server answers on [::1]:1");
  }
}
