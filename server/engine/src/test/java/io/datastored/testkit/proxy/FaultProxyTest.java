package io.datastored.testkit.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.datastored.testkit.proxy.Outage.Fault;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each fault, shown on a plain echo. */
@Timeout(60)
final class FaultProxyTest {

  /** How long nothing comes before it is believed that nothing comes. */
  private static final int SILENCE_MILLIS = 150;

  private static final int PATIENCE_MILLIS = 20_000;

  private Echo echo;
  private FaultProxy proxy;
  private Socket socket;

  @BeforeEach
  void connect() throws Exception {
    echo = Echo.start();
    proxy = FaultProxy.to(echo.address());
    socket = open();
    assertThat(ask("hello ")).isEqualTo("hello ");
  }

  @AfterEach
  void close() throws Exception {
    socket.close();
    proxy.close();
    echo.close();
  }

  @Test
  void noFault_carriesBothWays_alsoTheEnds() throws Exception {
    String long1 = "0123456789".repeat(10_000);
    Thread sender = new Thread(() -> say(long1));
    sender.start();
    assertThat(read(long1.length())).isEqualTo(long1);
    sender.join();
    socket.shutdownOutput();
    await().until(() -> echo.ends().equals(List.of("end")));
    assertThat(proxy.outages()).isEmpty();
  }

  @Test
  void blackhole_bothWays_holdsUntilItIsHealed() throws Exception {
    proxy.blackhole(Direction.BOTH);
    say("one ");
    echo.say("two ");
    assertSilence();
    assertThat(echo.heard()).isEqualTo("hello ");
    proxy.heal();
    assertThat(read("one two ".length())).contains("one ", "two ");
    assertThat(proxy.outages())
        .singleElement()
        .matches(outage -> outage.fault() == Fault.BLACKHOLE)
        .matches(outage -> outage.directions().equals(Direction.BOTH))
        .matches(outage -> outage.length().toMillis() >= SILENCE_MILLIS);
  }

  @Test
  void blackhole_toTheServer_stillCarriesToTheClient() throws Exception {
    proxy.blackhole(List.of(Direction.TO_SERVER));
    say("one ");
    echo.say("two ");
    assertThat(read("two ".length())).isEqualTo("two ");
    assertSilence();
    assertThat(echo.heard()).isEqualTo("hello ");
    proxy.heal();
    assertThat(read("one ".length())).isEqualTo("one ");
  }

  @Test
  void blackhole_toTheClient_stillCarriesToTheServer() throws Exception {
    proxy.blackhole(List.of(Direction.TO_CLIENT));
    say("one ");
    await().until(() -> echo.heard().equals("hello one "));
    assertSilence();
    proxy.heal();
    assertThat(read("one ".length())).isEqualTo("one ");
  }

  @Test
  void blackhole_holdsNewConnectionsToo() throws Exception {
    proxy.blackhole(Direction.BOTH);
    socket.close();
    socket = open();
    say("one ");
    assertSilence();
    proxy.heal();
    assertThat(read("one ".length())).isEqualTo("one ");
  }

  @Test
  void strand_holdsTheConnectionsThatAreThere_forEver_andNoOthers() throws Exception {
    proxy.strand();
    proxy.heal();
    say("one ");
    echo.say("two ");
    assertSilence();
    assertThat(echo.heard()).isEqualTo("hello ");
    socket.close();
    socket = open();
    assertThat(ask("again ")).isEqualTo("again ");
  }

  @Test
  void cut_resetsBothEnds_andWelcomesNewConnections() throws Exception {
    proxy.cut();
    assertThatThrownBy(() -> read(1)).isInstanceOf(SocketException.class);
    await().until(() -> echo.ends().equals(List.of("reset")));
    assertThat(proxy.connections()).isZero();
    socket = open();
    assertThat(ask("again ")).isEqualTo("again ");
    assertThat(proxy.outages()).extracting(Outage::fault).containsExactly(Fault.CUT);
  }

  @Test
  void halfClose_toTheClient_endsWhatItReads_notWhatItSays() throws Exception {
    proxy.halfClose(Direction.TO_CLIENT);
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
    say("one ");
    await().until(() -> echo.heard().equals("hello one "));
    assertThat(echo.ends()).isEmpty();
  }

  @Test
  void halfClose_toTheServer_endsWhatItReads_notWhatItSays() throws Exception {
    proxy.halfClose(Direction.TO_SERVER);
    await().until(() -> echo.ends().equals(List.of("end")));
    say("lost ");
    echo.say("two ");
    assertThat(read("two ".length())).isEqualTo("two ");
    assertThat(echo.heard()).isEqualTo("hello ");
  }

  @Test
  void delay_eachWay_makesEveryRoundTripLonger_andKeepsTheOrder() throws Exception {
    proxy.delay(Direction.BOTH, Duration.ofMillis(100));
    long begun = System.nanoTime();
    say("one ");
    say("two ");
    assertThat(read("one two ".length())).isEqualTo("one two ");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(200));
    proxy.heal();
    assertThat(ask("three ")).isEqualTo("three ");
  }

  @Test
  void refuse_turnsNewConnectionsAway_andKeepsTheOthers() throws Exception {
    proxy.refuse();
    assertThatThrownBy(this::open).isInstanceOf(ConnectException.class);
    assertThat(ask("still ")).isEqualTo("still ");
    proxy.heal();
    socket.close();
    socket = open();
    assertThat(ask("again ")).isEqualTo("again ");
  }

  @Test
  void aServerThatIsGone_isSeenByTheClient() throws Exception {
    echo.close();
    assertThat(ended()).isTrue();
    Socket second = open();
    socket.close();
    socket = second;
    assertThat(ended()).isTrue();
    await().until(() -> proxy.connections() == 0);
  }

  @Test
  void aUnixSocket_isAServerToo(@TempDir Path directory) throws Exception {
    var path = UnixDomainSocketAddress.of(directory.resolve("socket"));
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(path);
      try (FaultProxy other = FaultProxy.to(path);
          Socket client = open(other);
          SocketChannel server = listener.accept()) {
        client.getOutputStream().write(42);
        assertThat(Channels.newInputStream(server).read()).isEqualTo(42);
        other.cut();
        assertThatThrownBy(() -> client.getInputStream().read())
            .isInstanceOf(SocketException.class);
      }
    }
  }

  @Test
  void close_leavesNoThread() throws Exception {
    proxy.blackhole(Direction.BOTH);
    say("one ");
    proxy.close();
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("proxy-")));
  }

  private Socket open() throws IOException {
    return open(proxy);
  }

  private static Socket open(FaultProxy at) throws IOException {
    Socket socket = new Socket(at.address().getAddress(), at.address().getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private void say(String text) {
    try {
      socket.getOutputStream().write(text.getBytes(US_ASCII));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String ask(String text) throws IOException {
    say(text);
    return read(text.length());
  }

  private String read(int length) throws IOException {
    return new String(socket.getInputStream().readNBytes(length), US_ASCII);
  }

  /** By an end or by a reset, both are seen. */
  private boolean ended() {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void assertSilence() throws IOException {
    socket.setSoTimeout(SILENCE_MILLIS);
    assertThatThrownBy(() -> read(1)).isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(PATIENCE_MILLIS);
  }
}
