package io.datastored.etcd.client;

import com.google.common.collect.ImmutableList;

/**
 * A watch listener receives what a watch delivers: one call at a time, on a thread of gRPC. It may
 * block; etcd then waits with what follows. Calls may come before {@link EtcdClient#watch} returns.
 */
public interface WatchListener {

  /**
   * All that one revision changed in the range. Revisions come in ascending order, each of them
   * once and whole.
   */
  void changed(long revision, ImmutableList<WatchEvent> events);

  /**
   * Etcd says that it has sent everything up to this revision. Only a sign of life: etcd has had
   * faults here, so an event that is missing may still come, or may be lost.
   */
  default void progress(long revision) {}

  /**
   * The watch has ended and will not call again. This is called exactly once, unless the watch is
   * closed. To go on: {@link EtcdException.Kind#COMPACTED} means to read the range anew; else watch
   * again from the last revision that was delivered, plus 1.
   */
  void ended(EtcdException why);
}
