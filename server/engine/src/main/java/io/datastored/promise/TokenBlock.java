package io.datastored.promise;

/**
 * A token block is a range of fencing tokens that one server alone hands out. Immutable.
 *
 * @param first the lowest
 * @param end the first one behind it
 */
public record TokenBlock(long first, long end) {

  public TokenBlock {
    if (first < 1 || end <= first || end > FencingToken.BOUND) {
      throw new IllegalArgumentException(
          "a block has tokens from 1 to 2^53-1, not from %d to before %d".formatted(first, end));
    }
  }

  /** Whether a token is of this block. */
  public boolean has(FencingToken token) {
    return token.value() >= first && token.value() < end;
  }
}
