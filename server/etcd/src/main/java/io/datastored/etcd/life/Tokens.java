package io.datastored.etcd.life;

import io.datastored.file.StoreException;
import io.datastored.promise.FencingToken;

/** Tokens are the value of the key of fencing tokens: a decimal number. Stateless. */
final class Tokens {
  private Tokens() {}

  static String write(long unused) {
    return unused + "\n";
  }

  /**
   * The lowest token that nobody has reserved.
   *
   * @throws StoreException when it cannot be known; then none may be handed out
   */
  static long read(LifeKeys keys, String text) throws StoreException {
    long unused;
    try {
      unused = Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      unused = 0;
    }
    if (!FencingToken.isValid(unused)) {
      throw EtcdTrouble.damaged(
          keys.tokens(),
          "it is not a number from 1 to 2^53-1. Put a number above every fencing token that was"
              + " ever granted");
    }
    return unused;
  }

  static StoreException missing(LifeKeys keys) {
    return EtcdTrouble.damaged(
        keys.tokens(),
        "it is missing. Put a number above every fencing token that was ever granted");
  }
}
