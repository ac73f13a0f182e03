package io.datastored.access;

import java.util.Optional;

/**
 * A limit reached is the reason why a caller gets no place. Immutable.
 *
 * @param limit the limit
 * @param share of the limit, if the caller has its share; empty if all places are taken
 */
public record LimitReached(Limit limit, Optional<Share> share) {

  /**
   * A share is what one principal may have of a limit. Immutable.
   *
   * @param of the principal
   * @param places how many it may have, and has
   */
  public record Share(Principal of, long places) {}

  /** All places are taken. */
  public static LimitReached byAll(Limit limit) {
    return new LimitReached(limit, Optional.empty());
  }

  @Override
  public String toString() {
    return share
        .map(
            own ->
                "%s has its share of limit %s, %d of %d"
                    .formatted(own.of(), limit.name(), own.places(), limit.value()))
        .orElseGet(() -> "limit %s = %d is reached".formatted(limit.name(), limit.value()));
  }
}
