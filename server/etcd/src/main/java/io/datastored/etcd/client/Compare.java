package io.datastored.etcd.client;

import com.google.protobuf.ByteString;
import io.datastored.etcd.proto.Rpc;
import io.datastored.etcd.proto.Rpc.Compare.CompareResult;
import io.datastored.etcd.proto.Rpc.Compare.CompareTarget;

/**
 * A compare is a condition of a transaction. It must hold for each key of its range; a range
 * without keys is compared as if it had one whose revisions are 0. It costs what it reads, while
 * the members apply it: no compare of a large range. Immutable.
 *
 * @param message as etcd is sent it
 */
public record Compare(Rpc.Compare message) {

  private Compare(Rpc.Compare.Builder message) {
    this(message.build());
  }

  private static Rpc.Compare.Builder begin(
      KeyRange range, CompareTarget target, CompareResult result) {
    return Rpc.Compare.newBuilder()
        .setKey(range.start())
        .setRangeEnd(range.end())
        .setTarget(target)
        .setResult(result);
  }

  /** The last put of the key was at this revision; 0: there is no such key. */
  public static Compare modEquals(String key, long revision) {
    return new Compare(
        begin(KeyRange.of(key), CompareTarget.MOD, CompareResult.EQUAL).setModRevision(revision));
  }

  /** The key was created at this revision; 0: there is no such key. */
  public static Compare createEquals(String key, long revision) {
    return new Compare(
        begin(KeyRange.of(key), CompareTarget.CREATE, CompareResult.EQUAL)
            .setCreateRevision(revision));
  }

  /** No key of the range was created after this revision. */
  public static Compare createAtMost(KeyRange range, long revision) {
    return new Compare(
        begin(range, CompareTarget.CREATE, CompareResult.LESS).setCreateRevision(revision + 1));
  }

  /** No key of the range was put after this revision. */
  public static Compare modAtMost(KeyRange range, long revision) {
    return new Compare(
        begin(range, CompareTarget.MOD, CompareResult.LESS).setModRevision(revision + 1));
  }

  /** The range has no keys. */
  public static Compare absent(KeyRange range) {
    return new Compare(
        begin(range, CompareTarget.CREATE, CompareResult.EQUAL).setCreateRevision(0));
  }

  /** There is no such key. */
  public static Compare absent(String key) {
    return absent(KeyRange.of(key));
  }

  /** There is such a key. */
  public static Compare present(String key) {
    return new Compare(
        begin(KeyRange.of(key), CompareTarget.CREATE, CompareResult.GREATER).setCreateRevision(0));
  }

  /** There is such a key, and this is its value. */
  public static Compare valueEquals(String key, ByteString value) {
    return new Compare(
        begin(KeyRange.of(key), CompareTarget.VALUE, CompareResult.EQUAL).setValue(value));
  }

  @Override
  public String toString() {
    return new KeyRange(message.getKey(), message.getRangeEnd())
        + " "
        + message.getTarget()
        + " "
        + message.getResult()
        + " "
        + Math.max(message.getCreateRevision(), message.getModRevision());
  }
}
