package io.datastored.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.promise.FencingToken;
import io.datastored.promise.LifeId;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class ShownIdTest {

  /** As of a server that was started at this time. */
  private static final long START = 1_800_000_000L << 20;

  private final RandomGenerator secret = new SecureRandom();

  @Test
  void atMostHalfOfAnId_isShown() {
    assertThat(ShownId.of("a")).isEqualTo("...");
    assertThat(ShownId.of("abcde")).isEqualTo("ab...");
    assertThat(ShownId.of("b7ad6b71-6920-4331-8c3e-00f067aa0ba9"))
        .isEqualTo("b7ad6b71-6920-4331...");
    assertThat(ShownId.of("x".repeat(64))).isEqualTo("x".repeat(24) + "...");
  }

  @Test
  void idsOfThisServer_areAllShownDifferently_andTheirSecretsStayUnknown() {
    LeaseIds leases = new LeaseIds(secret);
    SessionIds sessions = new SessionIds(START, secret);
    Set<String> shown = new HashSet<>();
    for (int each = 0; each < 20_000; each++) {
      String lease = leases.idFor(new FencingToken(START + each)).value();
      LifeId life = each % 2 == 0 ? LifeId.LONE : new LifeId("abcdefgh");
      String session = sessions.of(Optional.empty(), life).orElseThrow().value();
      for (String id : List.of(lease, session)) {
        assertThat(shown.add(ShownId.of(id))).as(id).isTrue();
        String own = id.replace(":abcdefgh", "");
        String secret = own.substring(own.lastIndexOf('-') + 1);
        String unknown = own.substring(ShownId.of(id).length() - "...".length());
        // 60 bits at least, and all of those that ids of sessions have beyond 128.
        assertThat(Math.min(secret.length(), unknown.length())).isGreaterThanOrEqualTo(15);
      }
    }
  }
}
