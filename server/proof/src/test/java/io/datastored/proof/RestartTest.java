package io.datastored.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.proof.Fleet.Answered;
import io.datastored.proof.Fleet.Held;
import io.datastored.proof.Fleet.TooSlowException;
import io.datastored.proof.site.Site;
import io.datastored.proof.site.Wire;
import io.datastored.soak.ChildProcess;
import io.datastored.soak.Soak;
import io.datastored.v1.DrainRequest;
import io.datastored.v1.DrainResponse;
import io.datastored.v1.DrainState;
import io.datastored.v1.KeepAliveRequest;
import io.datastored.v1.KeepAliveResponse;
import io.datastored.v1.LookupResponse;
import io.datastored.v1.ServerState;
import io.datastored.v1.ServerStatus;
import io.datastored.v1.SetMaintenanceModeResponse;
import io.datastored.v1.StatusRequest;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 11: what was promised outlives the server that promised it. */
@Tag("soak")
final class RestartTest {

  private static final int KILLS = 10;
  private static final int STOPS = 2;
  private static final int SESSIONS = 1000;
  private static final int FEWEST_SESSIONS = 100;
  private static final int LEASES_OF_A_SESSION = 10;
  private static final int CHUNK = 100;
  private static final int DATASTORES = 3;
  private static final int TRIES = 5;
  private static final long LONGEST_TTL_MILLIS = 30_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Whose holder is dead when the server comes back: every tenth session. */
  private static final Predicate<String> DEAD = session -> session.endsWith("0");

  @TempDir Path directory;

  private final List<String> violations = new ArrayList<>();
  private Site site;
  private Wire wire;
  private Fleet fleet;
  private long ttlMillis;

  @Test
  void restart_underSessionsWithLeases_keepsWhatWasPromised() throws Exception {
    Soak soak =
        Soak.of(
            "restart under sessions with ten leases each: taken over, tokens rise, no drain early, the rest gone");
    int sessions = Math.max(FEWEST_SESSIONS, soak.times(SESSIONS));
    // A whole fleet needs longer to be kept alive once.
    ttlMillis = sessions == FEWEST_SESSIONS ? 2000 : 5000;
    int kills = soak.times(KILLS);
    int rounds = kills + soak.times(STOPS);
    int tries = 0;
    for (int round = 0; round < rounds; tries++) {
      site = Site.make(directory.resolve("try" + tries), Site.names(DATASTORES));
      try (Wire connected = site.connectPatiently()) {
        wire = connected;
        fleet = new Fleet(wire, ttlMillis);
        restart(sessions, round < kills);
        round++;
      } catch (TooSlowException e) {
        assertThat(tries).as("tries on a slow machine").isLessThan(2 * rounds + TRIES);
        ttlMillis = Math.min(2 * ttlMillis, LONGEST_TTL_MILLIS);
      }
    }
    violations.forEach(System.err::println);
    soak.end(rounds, violations);
  }

  private void restart(int count, boolean killed) throws Exception {
    List<String> sessions = IntStream.range(0, count).mapToObj(i -> "session-" + i).toList();
    List<String> living = sessions.stream().filter(DEAD.negate()).toList();
    long highest;
    try (ChildProcess first = site.serve(Site.QUICK)) {
      for (int i = 0; i < count; i += CHUNK) {
        fill(sessions.subList(i, Math.min(count, i + CHUNK)));
        check(fleet.keepAlive(sessions.subList(0, Math.min(count, i + CHUNK))).isEmpty(), "alive");
      }
      check(fleet.leases().size() == count * LEASES_OF_A_SESSION, "granted");
      highest = fleet.leases().stream().mapToLong(Held::token).max().orElse(0);
      if (killed) {
        first.kill();
      } else {
        check(first.terminate(PATIENCE), "stopped in time");
      }
    }
    try (ChildProcess second = site.serve(Site.QUICK)) {
      long listens = System.nanoTime();
      assertThat(second.isAlive()).isTrue();
      recover(living, highest, listens);
    }
  }

  private void fill(List<String> sessions) {
    check(fleet.open(sessions).isEmpty(), "opened");
    List<Held> wanted = new ArrayList<>();
    for (String session : sessions) {
      for (int i = 0; i < LEASES_OF_A_SESSION; i++) {
        String operation = i % 2 == 0 ? "READ" : "WRITE";
        wanted.add(Held.wanted(session + "-" + i, session, Site.name(i % DATASTORES), operation));
      }
    }
    check(fleet.grant(wanted).size() == wanted.size(), "all granted");
  }

  private void recover(List<String> living, long highest, long listens) throws Exception {
    check(isRecovering(listens), "recovering");
    // Served at once, and above all that was ever given out.
    Held fresh = Held.wanted("fresh", "fresh-session", Site.name(2), "READ");
    check(fleet.open(List.of("fresh-session")).isEmpty(), "a new session in recovery");
    List<Held> granted = fleet.grant(List.of(fresh));
    check(granted.size() == 1 && granted.get(0).token() > highest, "a new lease, its token rises");

    check(isToldToComeBack("session-0") || isOver(listens), "SESSION_NOT_FOUND, recovering=true");
    setMode(Site.name(1), "OFFLINE");
    CompletableFuture<Long> drained = CompletableFuture.supplyAsync(this::drain);
    List<String> alive = new ArrayList<>(living);
    alive.add("fresh-session");

    check(fleet.open(living).isEmpty(), "opened again");
    List<Held> held =
        fleet.leases().stream().filter(one -> living.contains(one.session())).toList();
    List<Answered<Held, LookupResponse>> lost = fleet.takeOver(held);
    if (!lost.isEmpty() && isOver(listens)) {
      throw new TooSlowException();
    }
    check(lost.isEmpty(), "all taken over, under a mode in their way too: " + lost);

    List<Held> inTheWay =
        held.stream().filter(lease -> lease.datastore().equals(Site.name(1))).toList();
    fleet.release(inTheWay.subList(1, inTheWay.size()));
    check(fleet.keepAlive(alive).isEmpty(), "alive in recovery");
    long last = System.nanoTime();
    fleet.release(inTheWay.subList(0, 1));

    List<Held> dead = fleet.leases().stream().filter(one -> DEAD.test(one.session())).toList();
    long promised = dead.stream().mapToLong(one -> fleet.until(one.session())).max().orElse(0);
    awaitAlive(alive, drained::isDone, "drained");
    long at = drained.getNow(Long.MIN_VALUE);
    check(at >= last, "drained before the last lease was released");
    check(at >= promised, "drained while the dead may still use what they were promised");

    awaitAlive(
        alive, () -> server().getState() == ServerState.SERVER_STATE_SERVING, "no more recovery");
    check(fleet.takeOver(dead).size() == dead.size(), "what was not taken over is gone");
    long left = held.size() - inTheWay.size() + 1L;
    long counted = server().getLeases();
    check(fleet.keepAlive(alive).isEmpty(), "alive to the end");
    check(counted == left, "leases: " + counted + " not " + left);
    fleet.close(alive);
    awaitAlive(List.of(), () -> server().getLeases() == 0, "none is left");
  }

  /** Waits as living clients do. */
  private void awaitAlive(List<String> sessions, BooleanSupplier until, String what)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    long next = System.nanoTime();
    while (!until.getAsBoolean()) {
      if (System.nanoTime() > end) {
        check(false, what + " in time");
        return;
      }
      if (System.nanoTime() >= next) {
        check(fleet.keepAlive(sessions).isEmpty(), "alive until " + what);
        next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ttlMillis / 3);
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private boolean isRecovering(long listens) {
    return server().getState() == ServerState.SERVER_STATE_RECOVERING || isOver(listens);
  }

  /** Whether the time to come back may be over, because this machine is slow. */
  private boolean isOver(long listens) {
    return System.nanoTime() - listens > TimeUnit.MILLISECONDS.toNanos(ttlMillis);
  }

  private boolean isToldToComeBack(String session) {
    try {
      KeepAliveResponse unused =
          wire.sessions().keepAlive(KeepAliveRequest.newBuilder().setSessionId(session).build());
      return false;
    } catch (StatusRuntimeException e) {
      return Wire.refusal(e)
          .filter(refusal -> refusal.getReason().equals("SESSION_NOT_FOUND"))
          .filter(refusal -> refusal.getMetadataOrDefault("recovering", "").equals("true"))
          .isPresent();
    }
  }

  private void setMode(String datastore, String mode) {
    SetMaintenanceModeResponse unused = wire.setMode(datastore, mode);
  }

  /** When DRAINED came; the end of time when something else did. */
  private long drain() {
    Iterator<DrainResponse> answers =
        wire.maintenanceFor(PATIENCE.toMillis())
            .drain(DrainRequest.newBuilder().setDatastore(Site.name(1)).build());
    DrainResponse last = DrainResponse.getDefaultInstance();
    while (answers.hasNext()) {
      last = answers.next();
    }
    return last.getState() == DrainState.DRAIN_STATE_DRAINED ? System.nanoTime() : Long.MIN_VALUE;
  }

  private ServerStatus server() {
    return wire.datastores().status(StatusRequest.getDefaultInstance()).getServer();
  }

  private void check(boolean holds, String what) {
    if (!holds) {
      violations.add("not so: " + what);
    }
  }
}
