package io.datastored.etcd.client;

import com.google.common.collect.ImmutableList;
import io.datastored.etcd.client.EtcdFaults.Effect;
import io.datastored.etcd.proto.Rpc;
import java.util.List;

/**
 * A transaction compares, and then does one of two lists of operations, as one revision. Immutable.
 *
 * <p>Etcd takes at most 128 compares, 128 operations in a list, and 1.5 MiB (by default).
 */
public final class Txn {

  private final ImmutableList<Compare> compares;
  private final ImmutableList<Op> then;
  private final ImmutableList<Op> otherwise;
  private final Repeats repeats;

  private enum Repeats {
    IF_IT_READS_ONLY,
    ALWAYS
  }

  private Txn(List<Compare> compares, List<Op> then, List<Op> otherwise, Repeats repeats) {
    this.compares = ImmutableList.copyOf(compares);
    this.then = ImmutableList.copyOf(then);
    this.otherwise = ImmutableList.copyOf(otherwise);
    this.repeats = repeats;
  }

  /** A transaction with these conditions, all of which must hold; none: it always holds. */
  public static Txn when(Compare... compares) {
    return when(ImmutableList.copyOf(compares));
  }

  /** The same, of a list. */
  public static Txn when(List<Compare> compares) {
    return new Txn(compares, List.of(), List.of(), Repeats.IF_IT_READS_ONLY);
  }

  /** With these operations if all conditions hold. */
  public Txn then(Op... ops) {
    return then(ImmutableList.copyOf(ops));
  }

  /** The same, of a list. */
  public Txn then(List<Op> ops) {
    return new Txn(compares, ops, otherwise, repeats);
  }

  /** With these operations if a condition does not hold. */
  public Txn otherwise(Op... ops) {
    return otherwise(ImmutableList.copyOf(ops));
  }

  /** The same, of a list. */
  public Txn otherwise(List<Op> ops) {
    return new Txn(compares, then, ops, repeats);
  }

  /**
   * The same, where it does no harm if etcd does it twice, such as a pulse: the client repeats it
   * like a read, so it has no unknown outcome. Never for a commit.
   */
  public Txn repeatable() {
    return new Txn(compares, then, otherwise, Repeats.ALWAYS);
  }

  Effect effect() {
    boolean writes =
        then.stream().anyMatch(Op::isWrite) || otherwise.stream().anyMatch(Op::isWrite);
    return writes && repeats != Repeats.ALWAYS ? Effect.WRITES : Effect.REPEATABLE;
  }

  Rpc.TxnRequest message() {
    Rpc.TxnRequest.Builder message = Rpc.TxnRequest.newBuilder();
    compares.forEach(compare -> message.addCompare(compare.message()));
    then.forEach(op -> message.addSuccess(op.message()));
    otherwise.forEach(op -> message.addFailure(op.message()));
    return message.build();
  }

  @Override
  public String toString() {
    return "when " + compares + " then " + then + " otherwise " + otherwise;
  }
}
