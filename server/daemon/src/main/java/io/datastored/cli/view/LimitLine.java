package io.datastored.cli.view;

import io.datastored.v1.LimitStatus;
import io.datastored.v1.LimitTaker;
import java.util.Optional;
import java.util.stream.Collectors;

/** A limit line says how much of a limit is taken, and by whom. Stateless. */
final class LimitLine {

  /** From this part of a limit or share on, in percent, an operator should look at it. */
  private static final long NEAR = 80;

  private LimitLine() {}

  /** The line of a limit; empty if there is much room. */
  static Optional<String> of(LimitStatus limit) {
    long greatest =
        limit.getGreatestList().stream().mapToLong(LimitTaker::getTaken).max().orElse(0);
    boolean near =
        isNear(limit.getTaken(), limit.getTotal())
            || isNear(Math.max(greatest, limit.getOwn()), limit.getShare());
    return near
        ? Optional.of("limit %s: %s".formatted(limit.getName(), text(limit)))
        : Optional.empty();
  }

  private static boolean isNear(long taken, long of) {
    return taken > 0 && taken >= of / 100 * NEAR + of % 100 * NEAR / 100;
  }

  /** {@code 98 of 100 taken, at most 80 by one: uid:1000 80, uid:1001 18}. */
  private static String text(LimitStatus limit) {
    // Who else takes what is shown to operators only.
    if (limit.getGreatestCount() == 0) {
      return "you have %s of at most %s"
          .formatted(amount(limit, limit.getOwn()), amount(limit, limit.getShare()));
    }
    return "%s of %s taken, at most %s by one: %s"
        .formatted(
            amount(limit, limit.getTaken()),
            amount(limit, limit.getTotal()),
            amount(limit, limit.getShare()),
            limit.getGreatestList().stream()
                .map(
                    taker ->
                        "%s %s"
                            .formatted(
                                VisibleText.of(taker.getPrincipal()),
                                amount(limit, taker.getTaken())))
                .collect(Collectors.joining(", ")));
  }

  private static String amount(LimitStatus limit, long of) {
    return limit.getName().endsWith("-buffer") ? HumanFormat.bytes(of) : Long.toString(of);
  }
}
