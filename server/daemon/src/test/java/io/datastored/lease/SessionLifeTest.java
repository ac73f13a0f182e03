package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.under;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.access.AuditTrail;
import io.datastored.access.Principal;
import io.datastored.file.BreakableDisk;
import io.datastored.lease.KeepAliveOutcome.SessionRenewed;
import io.datastored.lease.KeepAliveOutcome.SessionUnknown;
import io.datastored.lease.LeaseOutcome.LeaseRefused.Reason;
import io.datastored.lease.SessionOutcome.SessionOpened;
import io.datastored.lease.SessionOutcome.SessionRefused;
import io.datastored.promise.LifeId;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 24: a session lives in one life, and no answer of one extends what another counts. */
final class SessionLifeTest {

  private static final LifeId HERE = new LifeId("abcdefgh");
  private static final LifeId NEXT = new LifeId("ijklmnop");

  @TempDir Path directory;
  private Optional<LifeId> life = Optional.of(HERE);
  private LeaseFixture leases;

  @BeforeEach
  void open() throws Exception {
    leases =
        new LeaseFixture(
            directory, LeaseFixture.EXACT, new BreakableDisk(), AuditTrail.NONE, () -> life);
  }

  private SessionOutcome open(String asked) {
    Optional<SessionId> id = asked.isEmpty() ? Optional.empty() : Optional.of(new SessionId(asked));
    return leases.sessions.open(new SessionRequest(id, Holder.UNKNOWN, Optional.empty(), false));
  }

  private String opened(String asked) {
    return ((SessionOpened) open(asked)).session().id().value();
  }

  private boolean mayComeBack(String id) {
    return ((SessionUnknown) leases.keepAlive(id)).recovering();
  }

  @Test
  void open_isBoundToTheLife() {
    assertThat(opened("s")).isEqualTo("s:abcdefgh");
    assertThat(leases.keepAlive("s:abcdefgh")).isInstanceOf(SessionRenewed.class);
    assertThat(leases.keepAlive("s")).isInstanceOf(SessionUnknown.class);
    assertThat(((SessionOpened) open("s")).how()).isEqualTo(SessionOpened.How.RENEWED);
    assertThat(leases.sessions.live()).isEqualTo(1);
  }

  @Test
  void open_withTheIdThatALifeHasGiven_dropsThatLife() {
    assertThat(opened("s:ijklmnop")).isEqualTo("s:abcdefgh");
    assertThat(opened("s:abcdefgh")).isEqualTo("s:abcdefgh");
    assertThat(opened("a:b")).as("not a life").isEqualTo("a:b:abcdefgh");
    assertThat(leases.sessions.live()).isEqualTo(2);
  }

  @Test
  void open_withoutId_choosesOneThatFits() {
    long start = 1_800_000_000L << 20;
    String first = opened("");
    assertThat(first).startsWith(Long.toHexString(start + 1) + "-").endsWith(":abcdefgh");
    assertThat(opened("")).startsWith(Long.toHexString(start + 2) + "-").isNotEqualTo(first);
    assertThat(opened(first)).as("opened again").isEqualTo(first);
  }

  @Test
  void open_idWithoutPlaceForTheLife_isRefused() {
    String longest = "x".repeat(48);
    assertThat(opened(longest)).isEqualTo(longest + ":abcdefgh");
    assertThat(opened(longest + ":ijklmnop")).isEqualTo(longest + ":abcdefgh");
    SessionRefused refused = (SessionRefused) open(longest + "x");
    assertThat(refused.reason()).isEqualTo(SessionRefused.Reason.ID_UNFIT);
    assertThat(refused.detail()).contains("48");
    assertThat(((SessionRefused) open(":ijklmnop")).reason())
        .isEqualTo(SessionRefused.Reason.ID_UNFIT);
  }

  @Test
  void idOfAnotherLife_isUnknown_andMayComeBack_whateverAskedForIt() {
    opened("s");
    leases.granted(under("s:abcdefgh", "a"));
    life = Optional.empty();
    leases.room.drop();
    life = Optional.of(NEXT);
    assertThat(opened("s")).isEqualTo("s:ijklmnop");

    assertThat(mayComeBack("s:abcdefgh")).isTrue();
    assertThat(leases.refused(under("s:abcdefgh", "b")).reason())
        .isEqualTo(Reason.SESSION_NOT_FOUND);
    assertThat(leases.sessions.unknown(new SessionId("s:abcdefgh")).recovering()).isTrue();
    assertThat(leases.sessions.isLiveFor(new SessionId("s:abcdefgh"), Principal.ANONYMOUS))
        .isFalse();
    assertThat(leases.close("s:abcdefgh")).as("only that of its own life").isFalse();
    assertThat(leases.sessions.live()).isEqualTo(1);
  }

  @Test
  void idOfThisLife_thatIsUnknown_doesNotComeBack() {
    opened("s");
    assertThat(leases.close("s:abcdefgh")).isTrue();
    assertThat(mayComeBack("s:abcdefgh")).isFalse();
  }

  @Test
  void unknownId_whileTheLifeMayBeOver_mayComeBack() {
    life = Optional.empty();
    assertThat(mayComeBack("s:abcdefgh")).isTrue();
  }

  @Test
  void loneServer_keepsTheIdsThatClientsChoose() {
    life = Optional.of(LifeId.LONE);
    assertThat(opened("s")).isEqualTo("s");
    assertThat(opened("s:ijklmnop")).isEqualTo("s:ijklmnop");
    assertThat(opened("x".repeat(64))).hasSize(64);
    assertThat(mayComeBack("t:ijklmnop")).isFalse();
  }
}
