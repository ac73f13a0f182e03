package io.datastored.etcd.life;

import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.datastored.config.DatastoreName;
import io.datastored.etcd.client.Compare;
import io.datastored.etcd.client.EtcdException;
import io.datastored.etcd.life.LifeWriter.Written;
import io.datastored.file.StoreException;
import io.datastored.promise.ClockSlack;
import io.datastored.promise.LifeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Announcements are what a server lets others know of its present life before it relies on it.
 * Thread-safe: the writer orders them.
 *
 * @param work a datastore is held in it while a lease is taken over: from before {@link #takeOver}
 *     until it is counted
 */
record Announcements(LifeWriter writer, OwnWork work, LifeKeys keys, ClockSlack slack) {

  /** Whether promises of this ttl were announced. From memory. */
  boolean allows(Duration ttl) {
    return kept(ttl).compareTo(writer.promised()) <= 0;
  }

  /**
   * Announces promises of this ttl; others wait for them from then on.
   *
   * @throws StoreException when it cannot be written; then none may be made
   */
  void promise(Duration ttl) throws StoreException {
    if (allows(ttl)) {
      // Without the lock of the writer, which is held while etcd is asked: renewals are checked
      // here on threads that must not block.
      return;
    }
    require("announce a promise", () -> writer.promise(kept(ttl)));
  }

  /**
   * Announces that no promise is left. None is allowed from then on, even if this fails.
   *
   * @throws StoreException when it cannot be written; others then wait as for the promises so far
   */
  void settle() throws StoreException {
    require("announce the end of all promises", () -> writer.lower(() -> Duration.ZERO));
  }

  /**
   * Announces that no longer promise is out than these, if longer ones were announced.
   *
   * @param out for how long the longest one is kept; asked for while writes of this life wait
   * @throws StoreException when it cannot be written; others then wait as for the promises so far
   */
  void shrink(Supplier<Duration> out) throws StoreException {
    if (out.get().compareTo(writer.promised()) < 0) {
      require("announce shorter promises", () -> writer.lower(out));
    }
  }

  /**
   * Announces that a commit is served, and the work that its modes refuse. Call it after it is
   * served.
   *
   * @throws StoreException when it cannot be written now; it is in what is written next
   */
  void acknowledge(Applied applied) throws StoreException {
    require("acknowledge a commit", () -> writer.acknowledge(applied));
  }

  /**
   * Announces the work. Call it when the last of it on a datastore has ended.
   *
   * @throws StoreException when it cannot be written now; it is in what is written next
   */
  void publish() throws StoreException {
    require("announce its work", writer::publish);
  }

  /**
   * Announces for which datastores somebody waits here.
   *
   * @throws StoreException when it cannot be written now; it is in what is written next
   */
  void ask(Supplier<ImmutableSet<DatastoreName>> waited) throws StoreException {
    require("ask other servers", () -> writer.ask(waited));
  }

  /**
   * Announces a lease that is about to be counted.
   *
   * @return false if one of the conditions does not hold
   * @throws StoreException when it is not known whether it was announced
   */
  boolean takeOver(List<Compare> when) throws StoreException {
    return require("take a lease over", () -> writer.takeOver(when)) == Written.DONE;
  }

  /**
   * Says that this life has stopped in order.
   *
   * @param out whether any promise of it is still relied on
   */
  void leave(Outstanding out) throws StoreException {
    require("leave", () -> writer.leave(out));
  }

  /** The present life of this server; empty between two. */
  Optional<LifeId> me() {
    Membership me = writer.member();
    return me == null ? Optional.empty() : Optional.of(me.life());
  }

  private Duration kept(Duration ttl) {
    return Duration.ofNanos(slack.keptNanos(ttl));
  }

  /** A write of this life. */
  private interface Write {
    Written make() throws EtcdException;
  }

  @CanIgnoreReturnValue
  private Written require(String action, Write write) throws StoreException {
    Written written;
    try {
      written = write.make();
    } catch (EtcdException e) {
      throw refused(action, String.valueOf(e.getMessage()));
    }
    return switch (written) {
      case DONE, REFUSED -> written;
      case SILENT -> throw refused(action, "the presence of this server is gone");
      case OVER -> throw refused(action, "this server has no life at the moment");
    };
  }

  private StoreException refused(String action, String why) {
    return new StoreException(
        StoreException.Reason.OTHER, "cannot %s at %s: %s".formatted(action, keys, why));
  }
}
