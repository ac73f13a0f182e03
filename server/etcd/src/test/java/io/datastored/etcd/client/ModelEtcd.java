package io.datastored.etcd.client;

import com.google.common.base.Ticker;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import io.datastored.etcd.proto.Kv;
import io.datastored.etcd.proto.Rpc;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * A model of etcd behind a member that answers by script: transactions with all compares, ranges,
 * and leases that end only when a test says so. Answers and requests can be lost, and requests can
 * be held back and done later. Thread-safe.
 */
public final class ModelEtcd implements AutoCloseable {

  /** What becomes of a transaction. */
  public enum Fate {
    ANSWERED,
    /** It is done, and the answer is lost. */
    DONE_UNANSWERED,
    /** It is not done, and there is no answer. */
    LOST,
    /** There is no answer, and it is done by {@link #doLate}. */
    HELD_BACK,
    /** It is refused: there is no space for it. */
    FULL
  }

  private final FakeEtcd member;

  @GuardedBy("this")
  private final NavigableMap<ByteString, Kv.KeyValue> keys =
      new TreeMap<>(ByteString.unsignedLexicographicalComparator());

  @GuardedBy("this")
  private final TreeSet<Long> leases = new TreeSet<>();

  @GuardedBy("this")
  private final Deque<Rpc.TxnRequest> heldBack = new ArrayDeque<>();

  @GuardedBy("this")
  private final Deque<Fate> fates = new ArrayDeque<>();

  /** The fates of all later ones, over and over. */
  @GuardedBy("this")
  private List<Fate> cycle = List.of(Fate.ANSWERED);

  @GuardedBy("this")
  private int turn;

  @GuardedBy("this")
  private long revision = 1;

  @GuardedBy("this")
  private long lastLease = 100;

  private volatile boolean cutOff;
  private volatile Runnable beforeAnswer = () -> {};
  private volatile Runnable beforeWrite = () -> {};
  private volatile Runnable afterChange = () -> {};

  private ModelEtcd(FakeEtcd member) {
    this.member = member;
    member.txn = this::txn;
    member.range = request -> range(request);
    member.grant = this::grant;
    member.revoke =
        request -> {
          requireReached();
          end(request.getID());
          return Rpc.LeaseRevokeResponse.getDefaultInstance();
        };
    member.keepAlive =
        request -> {
          requireReached();
          boolean there = has(request.getID());
          return Rpc.LeaseKeepAliveResponse.newBuilder()
              .setID(request.getID())
              .setTTL(there ? 10 : 0)
              .build();
        };
  }

  public static ModelEtcd start() throws IOException {
    return new ModelEtcd(FakeEtcd.start());
  }

  /** A client by the time of a test. */
  public EtcdClient client(Ticker ticker) throws IOException {
    return EtcdClient.open(member.options().build(), ticker);
  }

  /** Where it serves clients, as {@code host:port}. */
  public String endpoint() {
    return member.endpoint();
  }

  /** Nobody is answered until it is healed. */
  public void cutOff() {
    cutOff = true;
  }

  public void heal() {
    cutOff = false;
  }

  /** The fates of the next transactions that put a key. */
  public synchronized void fates(Fate... next) {
    fates.addAll(List.of(next));
  }

  /** The fates of all transactions that put a key, over and over, from now on. */
  public synchronized void cycle(Fate... all) {
    cycle = List.of(all);
    turn = 0;
  }

  /** Has something happen before the next transaction that puts a key. */
  public void beforeWrite(Runnable happens) {
    beforeWrite = happens;
  }

  /** Has something happen after each change, such as a watch that reports it. */
  public void afterChange(Runnable happens) {
    afterChange = happens;
  }

  /** Has something happen when the next transaction was done, before its answer. */
  public void beforeAnswer(Runnable happens) {
    beforeAnswer = happens;
  }

  /** Does the transactions that were held back, in their order; how many compares held. */
  public int doLate() {
    int held = 0;
    synchronized (this) {
      while (!heldBack.isEmpty()) {
        held += perform(heldBack.remove()).getSucceeded() ? 1 : 0;
      }
    }
    afterChange.run();
    return held;
  }

  /** Ends a lease, and its keys with it: it has expired, or somebody has revoked it. */
  public void end(long lease) {
    synchronized (this) {
      leases.remove(lease);
      deleteAll(keyValue -> keyValue.getLease() == lease);
    }
    afterChange.run();
  }

  /** Deletes a key by hand. */
  public void delete(String key) {
    synchronized (this) {
      deleteAll(keyValue -> keyValue.getKey().toStringUtf8().equals(key));
    }
    afterChange.run();
  }

  /** Puts a key by hand. */
  public void put(String key, String value) {
    synchronized (this) {
      revision++;
      write(ByteString.copyFromUtf8(key), ByteString.copyFromUtf8(value), 0);
    }
    afterChange.run();
  }

  public synchronized Optional<KeyValue> get(String key) {
    return Optional.ofNullable(keys.get(ByteString.copyFromUtf8(key))).map(KeyValue::of);
  }

  public synchronized List<String> keys() {
    return keys.keySet().stream().map(ByteString::toStringUtf8).toList();
  }

  public synchronized long revision() {
    return revision;
  }

  public synchronized int leases() {
    return leases.size();
  }

  private synchronized boolean has(long lease) {
    return leases.contains(lease);
  }

  private void requireReached() {
    if (cutOff) {
      throw Status.UNAVAILABLE.withDescription("cut off").asRuntimeException();
    }
  }

  private synchronized Rpc.LeaseGrantResponse grant(Rpc.LeaseGrantRequest request) {
    requireReached();
    leases.add(++lastLease);
    return Rpc.LeaseGrantResponse.newBuilder().setID(lastLease).setTTL(request.getTTL()).build();
  }

  private synchronized Rpc.RangeResponse range(Rpc.RangeRequest request) {
    requireReached();
    return read(request).toBuilder().setHeader(FakeEtcd.header(revision)).build();
  }

  private Rpc.TxnResponse txn(Rpc.TxnRequest request) {
    requireReached();
    if (puts(request)) {
      Runnable first = beforeWrite;
      beforeWrite = () -> {};
      first.run();
    }
    Rpc.TxnResponse answer;
    try {
      answer = answer(request);
    } finally {
      afterChange.run();
    }
    Runnable then = beforeAnswer;
    beforeAnswer = () -> {};
    then.run();
    return answer;
  }

  private static boolean puts(Rpc.TxnRequest request) {
    return request.getSuccessList().stream().anyMatch(Rpc.RequestOp::hasRequestPut);
  }

  @GuardedBy("this")
  private Fate fateOf(Rpc.TxnRequest request) {
    if (!puts(request)) {
      return Fate.ANSWERED;
    }
    return fates.isEmpty() ? cycle.get(turn++ % cycle.size()) : fates.remove();
  }

  private synchronized Rpc.TxnResponse answer(Rpc.TxnRequest request) {
    Fate fate = fateOf(request);
    switch (fate) {
      case ANSWERED -> {
        return perform(request);
      }
      case DONE_UNANSWERED -> {
        Rpc.TxnResponse unused = perform(request);
      }
      case HELD_BACK -> heldBack.add(request);
      case FULL ->
          throw Status.RESOURCE_EXHAUSTED
              .withDescription("etcdserver: mvcc: database space exceeded")
              .asRuntimeException();
      case LOST -> {}
    }
    throw Status.UNAVAILABLE.withDescription("the connection broke").asRuntimeException();
  }

  @GuardedBy("this")
  private Rpc.TxnResponse perform(Rpc.TxnRequest request) {
    boolean holds = true;
    for (Rpc.Compare compare : request.getCompareList()) {
      holds &= holds(compare);
    }
    List<Rpc.RequestOp> ops = holds ? request.getSuccessList() : request.getFailureList();
    for (Rpc.RequestOp op : ops) {
      long lease = op.getRequestPut().getLease();
      if (lease != 0 && !leases.contains(lease)) {
        throw Status.NOT_FOUND
            .withDescription("etcdserver: requested lease not found")
            .asRuntimeException();
      }
    }
    revision++;
    boolean changed = false;
    Rpc.TxnResponse.Builder answer = Rpc.TxnResponse.newBuilder().setSucceeded(holds);
    for (Rpc.RequestOp op : ops) {
      Rpc.ResponseOp.Builder part = answer.addResponsesBuilder();
      switch (op.getRequestCase()) {
        case REQUEST_PUT -> {
          Rpc.PutRequest put = op.getRequestPut();
          write(put.getKey(), put.getValue(), put.getLease());
          changed = true;
          part.setResponsePut(Rpc.PutResponse.getDefaultInstance());
        }
        case REQUEST_DELETE_RANGE -> {
          Rpc.DeleteRangeRequest delete = op.getRequestDeleteRange();
          Collection<Kv.KeyValue> in = in(delete.getKey(), delete.getRangeEnd());
          changed |= !in.isEmpty();
          in.clear();
          part.setResponseDeleteRange(Rpc.DeleteRangeResponse.getDefaultInstance());
        }
        case REQUEST_RANGE -> part.setResponseRange(read(op.getRequestRange()));
        case REQUEST_NOT_SET -> {}
      }
    }
    if (!changed) {
      revision--;
    }
    return answer.setHeader(FakeEtcd.header(revision)).build();
  }

  @GuardedBy("this")
  private void write(ByteString key, ByteString value, long lease) {
    Kv.KeyValue old = keys.get(key);
    keys.put(
        key,
        Kv.KeyValue.newBuilder()
            .setKey(key)
            .setValue(value)
            .setLease(lease)
            .setCreateRevision(old == null ? revision : old.getCreateRevision())
            .setModRevision(revision)
            .setVersion(old == null ? 1 : old.getVersion() + 1)
            .build());
  }

  @GuardedBy("this")
  private void deleteAll(Predicate<Kv.KeyValue> which) {
    if (keys.values().removeIf(which)) {
      revision++;
    }
  }

  @GuardedBy("this")
  private Rpc.RangeResponse read(Rpc.RangeRequest request) {
    List<Kv.KeyValue> found = new ArrayList<>(in(request.getKey(), request.getRangeEnd()));
    return Rpc.RangeResponse.newBuilder().addAllKvs(found).setCount(found.size()).build();
  }

  /** A view: what is removed from it is deleted. */
  @GuardedBy("this")
  private Collection<Kv.KeyValue> in(ByteString key, ByteString end) {
    return (end.isEmpty() ? keys.subMap(key, true, key, true) : keys.subMap(key, true, end, false))
        .values();
  }

  @GuardedBy("this")
  private boolean holds(Rpc.Compare compare) {
    Collection<Kv.KeyValue> in = in(compare.getKey(), compare.getRangeEnd());
    return in.isEmpty()
        ? holds(compare, Kv.KeyValue.getDefaultInstance())
        : in.stream().allMatch(found -> holds(compare, found));
  }

  private static boolean holds(Rpc.Compare compare, Kv.KeyValue found) {
    int order =
        switch (compare.getTarget()) {
          case VERSION -> Long.compare(found.getVersion(), compare.getVersion());
          case CREATE -> Long.compare(found.getCreateRevision(), compare.getCreateRevision());
          case MOD -> Long.compare(found.getModRevision(), compare.getModRevision());
          case LEASE -> Long.compare(found.getLease(), compare.getLease());
          case VALUE -> byBytes().compare(found.getValue(), compare.getValue());
          case UNRECOGNIZED -> throw Status.INVALID_ARGUMENT.asRuntimeException();
        };
    return switch (compare.getResult()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
      case UNRECOGNIZED -> throw Status.INVALID_ARGUMENT.asRuntimeException();
    };
  }

  private static Comparator<ByteString> byBytes() {
    return ByteString.unsignedLexicographicalComparator();
  }

  @Override
  public void close() {
    member.close();
  }
}
