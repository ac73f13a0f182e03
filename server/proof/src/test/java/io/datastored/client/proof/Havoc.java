package io.datastored.client.proof;

import io.datastored.proof.site.Site;
import io.datastored.soak.ChildProcess;
import io.datastored.testkit.proxy.Direction;
import io.datastored.testkit.proxy.FaultProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A havoc is what happens to the connections of followers, and to the server: cut, half-closed,
 * held, delayed, refused, killed. Confined to one thread, but for {@link #isUpset}.
 */
final class Havoc implements AutoCloseable {

  private static final int KILLS = 2;

  /** However slow the machine is. */
  private static final int FEWEST_UPSETS = 12;

  private final Site site;
  private final List<Follower> followers;
  private final SplittableRandom random;
  private final List<String> done = new ArrayList<>();
  private ChildProcess server;
  private int kills;
  private volatile boolean upset;

  Havoc(Site site, List<Follower> followers, SplittableRandom random, ChildProcess server) {
    this.site = site;
    this.followers = followers;
    this.random = random;
    this.server = server;
  }

  /** Whether something is wrong right now. */
  boolean isUpset() {
    return upset;
  }

  /** What was done, for the log. */
  List<String> done() {
    return List.copyOf(done);
  }

  int kills() {
    return kills;
  }

  /** Goes on for a time, and kills the server at least once. */
  void rage(Duration time) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    for (int i = 0;
        kills == 0 || i < FEWEST_UPSETS || System.nanoTime() - begun < time.toNanos();
        i++) {
      FaultProxy victim = followers.get(random.nextInt(followers.size())).proxy();
      upset = true;
      switch (random.nextInt(8)) {
        case 0 -> cut(victim);
        case 1 -> {
          cut(victim);
          victim.refuse();
        }
        case 2 -> victim.halfClose(direction());
        case 3 -> victim.blackhole(Direction.BOTH);
        case 4 -> victim.blackhole(List.of(direction()));
        case 5, 6 -> victim.delay(Direction.BOTH, Duration.ofMillis(random.nextInt(5, 200)));
        default -> kill();
      }
      TimeUnit.MILLISECONDS.sleep(random.nextInt(20, 400));
      if (random.nextBoolean()) {
        heal();
      }
    }
    heal();
    followers.forEach(
        follower -> follower.proxy().outages().forEach(outage -> done.add(outage.toString())));
  }

  private static void cut(FaultProxy victim) {
    victim.cut();
  }

  private Direction direction() {
    return Direction.BOTH.get(random.nextInt(Direction.BOTH.size()));
  }

  private void heal() throws IOException {
    for (Follower follower : followers) {
      follower.proxy().heal();
    }
    upset = false;
  }

  private void kill() throws IOException, InterruptedException {
    if (kills < KILLS) {
      kills++;
      server.kill();
      long gone = System.nanoTime();
      TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
      server = site.serve(Site.QUICK);
      done.add("KILL for " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - gone) + " ms");
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
