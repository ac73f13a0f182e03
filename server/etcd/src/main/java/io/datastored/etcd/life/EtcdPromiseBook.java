package io.datastored.etcd.life;

import com.google.common.collect.ImmutableList;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.Compare;
import io.datastored.etcd.client.EtcdClient;
import io.datastored.etcd.client.EtcdException;
import io.datastored.etcd.client.KeyValue;
import io.datastored.etcd.client.Op;
import io.datastored.etcd.client.RangeQuery;
import io.datastored.etcd.client.Txn;
import io.datastored.etcd.client.TxnResult;
import io.datastored.file.StoreException;
import io.datastored.operation.Operation;
import io.datastored.promise.Continuations;
import io.datastored.promise.FencingToken;
import io.datastored.promise.PromiseBook;
import io.datastored.promise.TokenBlock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * An etcd promise book is a promise book in etcd, which all servers of a history share.
 * Thread-safe: what is read is in volatile fields and in the follower's memory.
 *
 * <p>How long promises last is in the record of this server's life; the tokens are one number, from
 * which each server takes blocks; the floors are those of all servers.
 */
public final class EtcdPromiseBook implements PromiseBook {

  /** How many servers may take a block at the same time. */
  private static final int ATTEMPTS = 20;

  /** So many blocks are known as own; leases of earlier ones are over, or are another one's. */
  private static final int MOST_BLOCKS = 1_024;

  private final EtcdClient etcd;
  private final LifeKeys keys;
  private final Announcements announcements;
  private final PeerFollower peers;
  private final Continuations continuations;

  /** Written under the lock. */
  private volatile ImmutableList<TokenBlock> blocks = ImmutableList.of();

  private EtcdPromiseBook(
      EtcdClient etcd,
      LifeKeys keys,
      Announcements announcements,
      PeerFollower peers,
      Continuations continuations) {
    this.etcd = etcd;
    this.keys = keys;
    this.announcements = announcements;
    this.peers = peers;
    this.continuations = continuations;
  }

  /**
   * Opens the book of a history. The first server makes the key by which leases are proven.
   *
   * @param etcd is not closed with it
   * @param life of this server
   * @param secret must be unpredictable
   * @throws StoreException with a sentence for the operator
   */
  public static EtcdPromiseBook open(
      EtcdClient etcd, LifeKeys keys, Life life, PeerFollower peers, RandomGenerator secret)
      throws StoreException {
    return new EtcdPromiseBook(
        etcd, keys, life.announcements(), peers, continuations(etcd, keys, secret));
  }

  private static Continuations continuations(EtcdClient etcd, LifeKeys keys, RandomGenerator secret)
      throws StoreException {
    String key = keys.continuation();
    String made = Continuations.newKey(secret);
    try {
      // Of several servers, or copies of a request, the first one makes it.
      TxnResult result =
          etcd.commit(
              Txn.when(Compare.absent(key))
                  .then(Op.put(key, made))
                  .otherwise(Op.get(RangeQuery.of(key)))
                  .repeatable());
      return Continuations.of(
          result.succeeded()
              ? made
              : result.ranges().get(0).first().map(KeyValue::text).orElse(""));
    } catch (EtcdException e) {
      throw EtcdTrouble.cannot("read the lease key", keys, e);
    } catch (IllegalArgumentException e) {
      throw EtcdTrouble.damaged(
          key,
          e.getMessage()
              + ". Delete it: the next server makes a new one, and leases so far are continued only"
              + " where the mode permits it");
    }
  }

  @Override
  public boolean allows(Duration ttl) {
    return announcements.allows(ttl);
  }

  @Override
  public void promise(Duration ttl) throws StoreException {
    announcements.promise(ttl);
  }

  /**
   * Announces that no longer promise is out than these. Without it, others would wait for a server
   * that has died as long as for the longest promise that it has ever made.
   *
   * @param out for how long the longest one is kept; must not block
   * @throws StoreException when it cannot be written now
   */
  public void shrink(Supplier<Duration> out) throws StoreException {
    announcements.shrink(out);
  }

  @Override
  public TokenBlock reserve(long size) throws StoreException {
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        KeyValue found =
            etcd.range(RangeQuery.of(keys.tokens()))
                .first()
                .orElseThrow(() -> Tokens.missing(keys));
        long first = Tokens.read(keys, found.text());
        if (size > FencingToken.BOUND - first) {
          throw new StoreException(StoreException.Reason.OTHER, "the fencing tokens are used up");
        }
        TokenBlock block = new TokenBlock(first, first + size);
        // If a copy of it was done without an answer, that block is lost, and another one is taken.
        TxnResult result =
            etcd.commit(
                Txn.when(Compare.modEquals(keys.tokens(), found.modRevision()))
                    .then(Op.put(keys.tokens(), Tokens.write(block.end())))
                    .repeatable());
        if (result.succeeded()) {
          own(block);
          return block;
        }
      }
    } catch (EtcdException e) {
      throw EtcdTrouble.cannot("reserve fencing tokens", keys, e);
    }
    throw new StoreException(
        StoreException.Reason.IN_USE,
        "other servers reserve fencing tokens at " + keys + " all the time");
  }

  private synchronized void own(TokenBlock block) {
    blocks =
        ImmutableList.<TokenBlock>builder()
            .addAll(blocks.subList(blocks.size() < MOST_BLOCKS ? 0 : 1, blocks.size()))
            .add(block)
            .build();
  }

  /** Whether a token was reserved in the present life of this server. */
  public boolean isOwn(FencingToken token) {
    return blocks.stream().anyMatch(block -> block.has(token));
  }

  /**
   * Forgets the blocks of a life that is over. Call it after its leases were dropped, together with
   * {@link io.datastored.promise.FencingTokens#leave}.
   */
  public synchronized void over() {
    blocks = ImmutableList.of();
  }

  @Override
  public long floor(DatastoreName datastore, Operation operation) {
    return peers.floor(datastore).floor().of(operation);
  }

  /**
   * The present one: where a datastore was before is not recorded. A lease that was granted on
   * another base path is not proven any more.
   */
  @Override
  public ImmutableList<Optional<Path>> grounds(DatastoreName datastore, FencingToken token) {
    return ImmutableList.of(Optional.empty());
  }

  @Override
  public Continuations continuations() {
    return continuations;
  }

  /** The promises of others, and of earlier lives, are in records of their own. */
  @Override
  public void settle(Duration sinceOpening) throws StoreException {
    announcements.settle();
  }
}
