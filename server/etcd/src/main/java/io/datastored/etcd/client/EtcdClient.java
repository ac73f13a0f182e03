package io.datastored.etcd.client;

import com.google.common.base.Ticker;
import io.datastored.etcd.proto.MaintenanceGrpc;
import io.datastored.etcd.proto.Rpc;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A client of etcd. Its calls block, each for the request timeout times the number of members at
 * most. Thread-safe.
 *
 * <p>Watches have connections of their own: a large one must not hold up a pulse (<a
 * href="https://github.com/etcd-io/etcd/issues/15402">etcd 15402</a>).
 */
public final class EtcdClient implements AutoCloseable {

  private final EtcdChannels channels;
  private final EtcdChannels watchChannels;
  private final EtcdCalls calls;
  private final EtcdCalls watchCalls;
  private final EtcdKv kv;
  private final Ticker ticker;

  private EtcdClient(
      EtcdOptions options, EtcdChannels channels, EtcdChannels watchChannels, Ticker ticker) {
    EtcdTokens tokens = new EtcdTokens(options);
    this.channels = channels;
    this.watchChannels = watchChannels;
    this.calls = new EtcdCalls(channels, tokens, options.requestTimeout());
    this.watchCalls = new EtcdCalls(watchChannels, tokens, options.requestTimeout());
    this.kv = new EtcdKv(calls);
    this.ticker = ticker;
  }

  /**
   * Connects with the first call.
   *
   * @throws IOException if a file for TLS cannot be read
   */
  public static EtcdClient open(EtcdOptions options) throws IOException {
    return open(options, Ticker.systemTicker());
  }

  static EtcdClient open(EtcdOptions options, Ticker ticker) throws IOException {
    return new EtcdClient(options, EtcdChannels.open(options), EtcdChannels.open(options), ticker);
  }

  /** Reads keys. Repeated at the next member if one does not answer. */
  public Range range(RangeQuery query) throws EtcdException {
    return kv.range(query);
  }

  /**
   * Does a transaction. One that writes is sent once, unless it is {@link Txn#repeatable}: if no
   * answer comes, it throws {@link EtcdException.Kind#OUTCOME_UNKNOWN}.
   */
  public TxnResult commit(Txn txn) throws EtcdException {
    return kv.commit(txn);
  }

  /**
   * Grants a lease, for full seconds. If the outcome is unknown, a lease may have been granted that
   * nobody knows; it ends by itself.
   */
  public EtcdLease grant(Duration ttl) throws EtcdException {
    return EtcdLease.grant(calls, ticker, ttl);
  }

  /** Opens a watch. If this throws, the listener has not been called, and will not be. */
  public EtcdWatch watch(WatchQuery query, WatchListener listener) throws EtcdException {
    return EtcdWatch.open(watchCalls, query, listener, ticker);
  }

  /** What the member at this place in {@link EtcdOptions#endpoints} says about itself. */
  public MemberStatus status(int endpoint) throws EtcdException {
    EtcdChannels.Member member = channels.member(endpoint);
    try {
      return MemberStatus.of(
          MaintenanceGrpc.newBlockingStub(member.channel())
              .withDeadlineAfter(calls.timeout().toNanos(), TimeUnit.NANOSECONDS)
              .status(Rpc.StatusRequest.getDefaultInstance()));
    } catch (StatusRuntimeException e) {
      throw EtcdCalls.failure(member, e.getStatus(), EtcdFaults.Effect.REPEATABLE, e);
    }
  }

  /** Ends its calls and its watches, which report that to their listeners. */
  @Override
  public void close() {
    watchChannels.close();
    channels.close();
  }
}
