package io.datastored.lease;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import io.datastored.promise.LifeId;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Session ids bind the ids of sessions to a life, and generate ids for clients that choose none.
 * Thread-safe: one atomic number.
 *
 * <p>A session lives in one life of one server. If several servers of one history may have the
 * client, its id is what the client asked for, a colon and the life; with the same id in two lives
 * a KeepAlive that goes astray would extend what the other life counts: the answer to OpenSession
 * at server B is lost | the client goes on at A | a late KeepAlive reaches B, which renews its
 * session | the client takes the answer for one of A and goes on using leases that A has ended. The
 * ids of a server that is alone are what the client asked for.
 *
 * <p>A client that knows the id of a session can end it, so one id must not be guessable from
 * another. An id of a server that is alone begins with the number of the server start. So an
 * unknown id of this start can be distinguished from one of an earlier start, whose session may
 * come back. Its own number follows, so that its beginning is not that of another id, and then the
 * secret. In a life both numbers are added up, because there is less room.
 */
final class SessionIds {

  /** The most letters that a client may ask for, so that the id with its life stays valid. */
  static final int LONGEST_ASKED = 48;

  /** How an id ends that was given in some life of a server that is not alone. */
  private static final Pattern LIFE = Pattern.compile(":[a-z]{8}$");

  private static final Optional<LifeId> LONE = Optional.of(LifeId.LONE);

  private final long first;
  private final String start;
  private final HashFunction high;
  private final HashFunction low;
  private final AtomicLong next = new AtomicLong();

  /**
   * @param start rises with each start that leaves any lease behind
   * @param secret source of the keys; must be unpredictable
   */
  SessionIds(long start, RandomGenerator secret) {
    this.first = start;
    this.start = Long.toHexString(start) + "-";
    this.high = Hashing.sipHash24(secret.nextLong(), secret.nextLong());
    this.low = Hashing.sipHash24(secret.nextLong(), secret.nextLong());
  }

  /**
   * The id of a session that is opened in a life; empty if the id asked for is too long. The life
   * at the end of an id that another life has given is not a part of it.
   */
  Optional<SessionId> of(Optional<SessionId> asked, LifeId life) {
    if (life.equals(LifeId.LONE)) {
      return Optional.of(asked.orElseGet(() -> new SessionId(start + next(0))));
    }
    String own =
        asked.map(id -> LIFE.matcher(id.value()).replaceFirst("")).orElseGet(() -> next(first));
    return own.isEmpty() || own.length() > LONGEST_ASKED
        ? Optional.empty()
        : Optional.of(new SessionId(own + suffix(life)));
  }

  private String next(long from) {
    long number = next.incrementAndGet();
    return Long.toHexString(from + number) + "-" + high.hashLong(number) + low.hashLong(number);
  }

  private static String suffix(LifeId life) {
    return ":" + life;
  }

  /**
   * Whether an id that is not known in a life may be opened again, and its leases continued.
   *
   * @param life the present life; empty while the server does not know whether it is over
   * @param recovering whether leases of an earlier start of this server may be continued
   */
  boolean mayComeBack(SessionId id, Optional<LifeId> life, boolean recovering) {
    return life.equals(LONE)
        ? recovering && !id.value().startsWith(start)
        : life.isEmpty() || !id.value().endsWith(suffix(life.get()));
  }
}
