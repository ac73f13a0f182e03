package io.datastored.lease;

import static io.datastored.lease.LeaseFixture.ALPHA;
import static io.datastored.lease.LeaseFixture.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.datastored.access.AuditTrail;
import io.datastored.access.Principal;
import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.engine.EngineFixture;
import io.datastored.file.BreakableDisk;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.lease.LeaseOutcome.LeaseRefused;
import io.datastored.lease.LeaseOutcome.LeaseRefused.Reason;
import io.datastored.lease.LeaseOutcome.Leased;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import io.datastored.promise.Continuations;
import io.datastored.promise.Elsewhere;
import io.datastored.promise.FencingToken;
import io.datastored.promise.FilePromiseBook;
import io.datastored.promise.LifeId;
import io.datastored.promise.PromiseBook;
import io.datastored.promise.SealingPeers;
import io.datastored.promise.TokenBlock;
import io.datastored.testkit.ManualTicker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases of other servers of a history, which their clients continue here. */
final class SharedLeasesTest {

  /** Of a block of another server. */
  private static final FencingToken FOREIGN = new FencingToken(1_000_000);

  @TempDir private Path directory;

  private final EngineFixture fixture = EngineFixture.with(LeaseFixture.CONFIG);
  private final Others others = new Others();
  private Optional<LifeId> life = Optional.of(new LifeId("first"));
  private FilePromiseBook book;
  private final ShrinkingBook shrinking = new ShrinkingBook();
  private Leases room;

  @BeforeEach
  void open() throws Exception {
    book =
        FilePromiseBook.open(
            directory, LeaseFixture.EXACT.promises(), InstantSource.system(), new BreakableDisk());
    room =
        new Leases(
            fixture.engine(),
            LeaseGround.shared(
                () -> life, shrinking, others, token -> !token.equals(FOREIGN), 1, () -> MINUTE),
            LeaseFixture.EXACT,
            new ManualTicker(),
            new SplittableRandom(7),
            AuditTrail.NONE,
            Runnable::run);
  }

  private void nextLife() {
    life = Optional.empty();
    room.drop();
    life = Optional.of(new LifeId("next"));
  }

  private void openSession() {
    assertThat(
            room.sessions()
                .open(
                    new SessionRequest(
                        Optional.of(new SessionId("s")), Holder.UNKNOWN, Optional.empty(), false)))
        .isInstanceOf(SessionOutcome.SessionOpened.class);
  }

  /** "I continue a lease of another server." */
  private LeaseRequest held(Optional<SessionId> session, String proof) {
    return new LeaseRequest(
        ALPHA,
        Operation.WRITE,
        session,
        session.isPresent() ? Optional.empty() : Optional.of(MINUTE),
        Optional.of(new LeaseId("a")),
        Optional.of(FOREIGN),
        proof,
        Duration.ZERO,
        Holder.UNKNOWN,
        "");
  }

  private LeaseRequest held() {
    return held(Optional.empty(), proof());
  }

  private LeaseRequest under(String session) {
    return held(Optional.of(new SessionId(session)), proof());
  }

  private String proof() {
    return book.continuations()
        .of(
            new Continuations.Granted(
                "a",
                FOREIGN,
                ALPHA,
                Operation.WRITE,
                Path.of("/srv/alpha"),
                Holder.UNKNOWN.principal().text()));
  }

  private void assertContinued(LeaseRequest ask) {
    assertThat(room.leases().ask(ask))
        .isInstanceOfSatisfying(
            Leased.class, leased -> assertThat(leased.how()).isEqualTo(Leased.How.RECLAIMED));
  }

  private LeaseRefused refused(LeaseRequest ask) {
    return (LeaseRefused) room.leases().ask(ask);
  }

  @Test
  void drop_leaseOfAnotherServer_isContinuedInTheNextLife() {
    assertContinued(held());
    nextLife();
    assertContinued(held());
  }

  @Test
  void drop_leaseOfAnotherServerUnderASession_isContinuedInTheNextLife() {
    openSession();
    assertContinued(under("s:first"));
    nextLife();
    openSession();
    assertContinued(under("s:next"));
  }

  @Test
  void drop_leaseThatItsClientHasGivenBack_isNotContinued() {
    assertContinued(held());
    assertThat(room.leases().release(new LeaseId("a"), Principal.ANONYMOUS)).isTrue();
    nextLife();
    assertThat(refused(held()).cause()).contains(EndCause.NOT_KNOWN);
  }

  /** The store does not answer when the lease has been counted: the client asks again. */
  @Test
  void continue_undecidedOnce_isContinuedByTheNextRequest() {
    others.failsAt = 2;
    assertThat(refused(held()).reason()).isEqualTo(Reason.NOT_PROMISED);
    assertThat(fixture.engine().census().counts(ALPHA)).isEqualTo(OperationCounts.NONE);
    assertContinued(held());
  }

  /** It is registered | the life ends, and everything of it is dropped | the answer is sent. */
  @Test
  void continue_lifeEndsBeforeTheAnswer_isContinuedInTheNextOne() {
    others.atVerdict = this::nextLife;
    others.at = 2;
    assertContinued(held());
    assertThat(room.counted().live()).isZero();
    assertContinued(held());
  }

  @Test
  void continue_withoutAProof_underAModeThatRefusesIt_tellsNobody() {
    fixture.setMode(ALPHA, MaintenanceMode.READ_ONLY);
    assertThat(refused(held(Optional.empty(), "invented")).reason())
        .isEqualTo(Reason.NOT_PERMITTED);
    assertThat(others.verdicts).isZero();
    assertContinued(held());
    assertThat(others.verdicts).isEqualTo(2);
  }

  @Test
  void continue_withoutAProof_whereTheModePermitsIt_isCounted() {
    assertContinued(held(Optional.empty(), ""));
    assertThat(fixture.engine().census().counts(ALPHA)).isEqualTo(new OperationCounts(0, 1));
  }

  private SessionOutcome open(Duration ttl) {
    return room.sessions()
        .open(
            new SessionRequest(
                Optional.of(new SessionId("s")), Holder.UNKNOWN, Optional.of(ttl), false));
  }

  private LeaseOutcome ask(Duration ttl) {
    return room.leases()
        .ask(
            LeaseFixture.ask(
                ALPHA, Operation.WRITE, Optional.of(ttl), Optional.of("b"), Optional.empty()));
  }

  /** It is allowed | shorter promises are announced, without it | it is registered. */
  @Test
  void promise_shorterOnesAreAnnouncedBeforeItIsRegistered_isNotMade() {
    shrinking.afterAPromise = () -> shrinking.longest = Duration.ZERO;
    assertThat(ask(MINUTE))
        .isInstanceOfSatisfying(
            LeaseRefused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.NOT_PROMISED));
    assertThat(open(MINUTE)).isInstanceOf(SessionOutcome.SessionRefused.class);
    assertThat(room.isEmpty()).isTrue();
    assertThat(room.longestKept()).isZero();
  }

  /** The same for a longer promise than before. */
  @Test
  void renewal_shorterOnesAreAnnouncedBeforeIt_isNotTold() {
    Duration second = Duration.ofSeconds(5);
    assertThat(ask(second)).isInstanceOf(Leased.class);
    assertThat(open(second)).isInstanceOf(SessionOutcome.SessionOpened.class);
    assertThat(room.longestKept()).isEqualTo(second);
    shrinking.afterAPromise = () -> shrinking.longest = second;
    assertThat(ask(MINUTE)).isInstanceOf(LeaseRefused.class);
    assertThat(open(MINUTE)).isInstanceOf(SessionOutcome.SessionRefused.class);
    assertThat(ask(second)).isInstanceOf(Leased.class);
    assertThat(open(second)).isInstanceOf(SessionOutcome.SessionOpened.class);
    assertThat(
            room.sessions()
                .keepAlive(new SessionId("s:first"), Optional.empty(), Principal.ANONYMOUS))
        .isInstanceOf(KeepAliveOutcome.SessionRenewed.class);
    shrinking.longest = Duration.ZERO;
    shrinking.afterAPromise = () -> shrinking.longest = Duration.ZERO;
    assertThat(
            room.sessions()
                .keepAlive(new SessionId("s:first"), Optional.empty(), Principal.ANONYMOUS))
        .isInstanceOf(KeepAliveOutcome.SessionNotKept.class);
  }

  /** A book that announces shorter promises when a test says so. Confined to one test. */
  private final class ShrinkingBook implements PromiseBook {

    Duration longest = Duration.ZERO;
    Runnable afterAPromise = () -> {};

    @Override
    public boolean allows(Duration ttl) {
      return ttl.compareTo(longest) <= 0;
    }

    @Override
    public void promise(Duration ttl) throws StoreException {
      if (!allows(ttl)) {
        longest = ttl;
        afterAPromise.run();
      }
    }

    @Override
    public TokenBlock reserve(long size) throws StoreException {
      return book.reserve(size);
    }

    @Override
    public long floor(DatastoreName datastore, Operation operation) {
      return book.floor(datastore, operation);
    }

    @Override
    public ImmutableList<Optional<Path>> grounds(DatastoreName datastore, FencingToken token) {
      return book.grounds(datastore, token);
    }

    @Override
    public Continuations continuations() {
      return book.continuations();
    }

    @Override
    public void settle(Duration sinceOpening) {}
  }

  /** Other servers, who object to nothing. Confined to one test. */
  private static final class Others implements SealingPeers {

    int verdicts;
    int failsAt;
    int at;
    Runnable atVerdict = () -> {};

    @Override
    public Look begin(DatastoreName datastore) {
      return () -> Elsewhere.NOTHING;
    }

    @Override
    public boolean seal(DatastoreName datastore, MaintenanceMode mode, Revision since) {
      return true;
    }

    @Override
    public boolean sealForCommit(DatastoreName datastore, MaintenanceMode mode, Revision since) {
      return true;
    }

    @Override
    public OptionalLong raiseFloor(DatastoreName datastore, MaintenanceMode mode, Revision since) {
      return OptionalLong.empty();
    }

    @Override
    public TakeOver takeOver(DatastoreName datastore, Operation operation, FencingToken token) {
      return TakeOver.ALLOWED;
    }

    @Override
    public Claim claim(DatastoreName datastore, Operation operation, FencingToken token) {
      return new Claim() {
        @Override
        public TakeOver verdict() throws StoreException {
          verdicts++;
          if (verdicts == at) {
            atVerdict.run();
          }
          if (verdicts == failsAt) {
            throw new StoreException(StoreException.Reason.OTHER, "the store does not answer");
          }
          return TakeOver.ALLOWED;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public Asking ask(DatastoreName datastore) {
      return () -> {};
    }
  }
}
