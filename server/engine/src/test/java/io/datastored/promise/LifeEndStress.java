package io.datastored.promise;

import com.google.common.base.Ticker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * Invariant 21: of a promise that is registered and a life that ends, at least one sees the other,
 * so nothing of one life is left in the next.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the table is empty")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "a lease of a life that is over")
@State
public class LifeEndStress {

  private static final LifeId OVER = LifeId.random(new Random(1));
  private static final LifeId NEXT = LifeId.random(new Random(2));

  private final RenewedAuthority authority =
      new RenewedAuthority(Duration.ofDays(1), Ticker.systemTicker(), InstantSource.system());
  private final ConcurrentHashMap<String, Boolean> leases = new ConcurrentHashMap<>();

  public LifeEndStress() {
    authority.renew(OVER, authority.sending());
  }

  @Actor
  public void grant() {
    Optional<LifeId> life = authority.life();
    if (life.filter(OVER::equals).isPresent()) {
      leases.put("lease", true);
      if (!authority.life().equals(life)) {
        leases.remove("lease");
      }
    }
  }

  @Actor
  public void end() {
    authority.end();
    leases.clear();
    authority.renew(NEXT, authority.sending());
  }

  @Arbiter
  public void look(Z_Result result) {
    result.r1 = leases.isEmpty();
  }
}
