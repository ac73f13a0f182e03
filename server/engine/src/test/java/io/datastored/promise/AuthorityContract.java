package io.datastored.promise;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The contract of authorities: one holds in one life until its reach is over or it is ended, by
 * monotonic time, and whatever is over does not come back. A form says how it is reached and cut
 * off.
 */
public abstract class AuthorityContract {

  private static final Duration NANO = Duration.ofNanos(1);

  /** The authority of a server that has just been reached by all that it depends on. */
  protected abstract Authority authority();

  /** How long it holds after it was last renewed; empty: for ever, it depends on nobody. */
  protected abstract Optional<Duration> reach();

  /** Lets monotonic and wall time pass; the server is not renewed meanwhile. */
  protected abstract void pass(Duration time);

  /** Sets the wall clock, and lets no time pass. */
  protected abstract void setWallClock(Duration ahead);

  /** Renews the authority, if the form knows that. */
  protected abstract void renew();

  /** The server stops in order: it announces that it makes no more promises. */
  protected abstract void stop();

  @Test
  public void start_holds_inOneLife() {
    Optional<LifeId> life = authority().life();
    assertThat(life).isPresent();
    assertThat(authority().holds()).isTrue();
    renew();
    assertThat(authority().life()).isEqualTo(life);
  }

  @Test
  public void cutOff_holdsForItsReach_andNoLonger() {
    Duration reach = reach().orElse(Duration.ofDays(1_000));
    pass(reach.minus(NANO));
    assertThat(authority().holds()).isTrue();
    pass(NANO);
    assertThat(authority().holds()).isEqualTo(reach().isEmpty());
  }

  @Test
  public void renewed_holdsForItsReachAgain_inTheSameLife() {
    Optional<LifeId> life = authority().life();
    Duration reach = reach().orElse(Duration.ofDays(1_000));
    for (int i = 0; i < 3; i++) {
      pass(reach.minus(NANO));
      renew();
    }
    pass(reach.minus(NANO));
    assertThat(authority().life()).isEqualTo(life);
  }

  @Test
  public void wallClock_setBack_changesNothing() {
    setWallClock(Duration.ofHours(-1));
    assertThat(authority().holds()).isTrue();
    pass(reach().orElse(Duration.ofDays(1_000)));
    assertThat(authority().holds()).isEqualTo(reach().isEmpty());
  }

  @Test
  public void wallClock_runsAhead_isASuspend_untilItIsRenewed() {
    setWallClock(Duration.ofMillis(400));
    assertThat(authority().holds()).as("as far as clocks may differ").isTrue();
    setWallClock(Duration.ofHours(1));
    assertThat(authority().holds()).isEqualTo(reach().isEmpty());
    renew();
    assertThat(authority().holds()).isTrue();
  }

  @Test
  public void stop_isForGood() {
    stop();
    renew();
    assertThat(authority().holds()).isEqualTo(reach().isEmpty());
  }
}
