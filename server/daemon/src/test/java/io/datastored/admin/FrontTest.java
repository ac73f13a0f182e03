package io.datastored.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.datastored.access.Access;
import io.datastored.access.Identity;
import io.datastored.access.PageTokens;
import io.datastored.testkit.ManualTicker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrontTest {
  private static final String HERE = "127.0.0.1";
  private static final String ELSEWHERE = "192.0.2.7";

  private final ManualTicker ticker = new ManualTicker();
  private final PageTokens tokens = PageTokens.ofThisRun(ticker);
  private Optional<String> token = Optional.empty();
  private final AdminOptions.Builder options = new AdminOptions.Builder();

  private FakeExchange ask(String method, String path, String peer, String host) throws Exception {
    var front =
        new Front(
            ImmutableMap.of(
                "/probe", new Shown(Resource.Audience.EVERYBODY),
                "/all", new Shown(Resource.Audience.TRUSTED)),
            options.build(),
            new Lookers(Access.nothing(), tokens),
            1);
    var exchange = new FakeExchange(method, path, peer, host);
    token.ifPresent(text -> exchange.getRequestHeaders().set("Authorization", "Bearer " + text));
    front.handle(exchange);
    return exchange;
  }

  private FakeExchange get(String path, String peer, String host) throws Exception {
    return ask("GET", path, peer, host);
  }

  /** Shows how much it may say, and to whom. */
  private record Shown(Audience audience) implements Resource {
    @Override
    public Answer answer(Question question) {
      return Answer.text(
          200,
          question.detail()
              + " "
              + (question.looker().token().isPresent()
                  ? question.looker().subject()
                  : question.looker().subject().identity().equals(Identity.ANONYMOUS_HERE)));
    }
  }

  @Test
  void thisHost_mayAskForEverything() throws Exception {
    assertThat(get("/all", HERE, "127.0.0.1:7480").text()).isEqualTo("REASONS true\n");
    assertThat(get("/probe", HERE, "localhost:7480").text()).isEqualTo("REASONS true\n");
    assertThat(get("/all", "::1", "[::1]:7480").text()).isEqualTo("REASONS true\n");
  }

  @Test
  void otherHosts_inClearText_getProbesWithoutReasons() throws Exception {
    assertThat(get("/probe", ELSEWHERE, "192.0.2.1:7480").text()).isEqualTo("NONE false\n");
    assertThat(get("/probe", ELSEWHERE, "any.example.org").text()).isEqualTo("NONE false\n");
    FakeExchange refused = get("/all", ELSEWHERE, "192.0.2.1:7480");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text()).contains("--admin-tls");
  }

  @Test
  void otherHosts_inClearText_whereThatIsAllowed_mayAskForEverything() throws Exception {
    options.exposure = AdminExposure.INSECURE;
    options.hosts = Set.of("Web.example.org");

    assertThat(get("/all", ELSEWHERE, "192.0.2.1:7480").text()).isEqualTo("REASONS false\n");
    assertThat(get("/all", ELSEWHERE, "web.EXAMPLE.org:7480").status()).isEqualTo(200);
    assertThat(get("/all", ELSEWHERE, "evil.example.org:7480").status()).isEqualTo(421);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example.org", "evil.example.org:7480", "a b", "1.2.3.4.example.org"})
  void otherNames_getNothingButProbesWithoutReasons(String name) throws Exception {
    assertThat(get("/all", HERE, name).status()).isEqualTo(421);
    assertThat(get("/probe", HERE, name).text()).isEqualTo("NONE true\n");
  }

  @Test
  void otherMethods_areRefused() throws Exception {
    FakeExchange posted = ask("POST", "/all", HERE, "localhost");
    assertThat(posted.status()).isEqualTo(405);
    assertThat(posted.getResponseHeaders().getFirst("Allow")).isEqualTo("GET, HEAD");
    FakeExchange head = ask("HEAD", "/all", HERE, "localhost");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.text()).isEmpty();
  }

  @Test
  void answers_areNotKeptNotGuessedAndForNoOtherOrigin() throws Exception {
    var headers = get("/all", HERE, "localhost").getResponseHeaders();
    assertThat(headers.getFirst("Cache-Control")).isEqualTo("no-store");
    assertThat(headers.getFirst("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(headers.getFirst("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(headers.getFirst("Content-Security-Policy")).contains("default-src 'none'");
    assertThat(headers).doesNotContainKey("Access-Control-Allow-Origin");
  }

  @Test
  void token_showsWhatItsPrincipalMaySee_untilItEnds() throws Exception {
    token = Optional.of(tokens.issue(Identity.local(1000, 100), Duration.ofMinutes(1)));
    assertThat(get("/all", HERE, "localhost").text()).isEqualTo("REASONS uid:1000\n");
    ticker.advance(Duration.ofSeconds(61));
    assertThat(get("/all", HERE, "localhost").status()).isEqualTo(401);
    assertThat(get("/all", HERE, "localhost").text()).contains("datastored page");
    assertThat(get("/probe", HERE, "localhost").text()).isEqualTo("REASONS true\n");
  }

  @Test
  void token_thatWasNotMadeByThisRun_isRefused() throws Exception {
    String own = tokens.issue(Identity.local(0, 0), Duration.ofHours(1));
    String other = PageTokens.ofThisRun(ticker).issue(Identity.local(0, 0), Duration.ofHours(1));
    char last = own.charAt(5) == 'A' ? 'B' : 'A';
    for (String wrong :
        List.of("", "x", "%", other, own.substring(0, 5) + last + own.substring(6), own + "AAAA")) {
      token = Optional.of(wrong);
      assertThat(get("/all", HERE, "localhost").status()).as(wrong).isEqualTo(401);
    }
  }
}
