package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A server that is alone depends on nobody, so there is nothing to be cut off from. */
final class LoneAuthorityContractTest extends AuthorityContract {

  @Override
  protected Authority authority() {
    return Authority.LONE;
  }

  @Override
  protected Optional<Duration> reach() {
    return Optional.empty();
  }

  @Override
  protected void pass(Duration time) {}

  @Override
  protected void setWallClock(Duration ahead) {}

  @Override
  protected void renew() {}

  @Override
  protected void stop() {}

  @Test
  void life_isNoneThatAnotherServerCanHave() {
    assertThat(Authority.LONE.life()).contains(LifeId.LONE);
    assertThat(LifeId.LONE.value().length())
        .isNotEqualTo(LifeId.random(new java.util.Random(1)).value().length());
  }
}
