package io.datastored.service.stream;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.datastored.access.Shares;
import io.datastored.access.Subject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The bytes on the way are the bytes that watches have handed to the transport and clients have not
 * yet read, bounded in total, per principal and per connection. Thread-safe under its own lock.
 *
 * <p>Each stream hands over one message at a time, and the next one only when that has left. A
 * client that does not read therefore holds one message per stream. This class bounds the sum. A
 * connection with nothing in flight may use all free room; a connection that has some in flight may
 * only use the first half, so that slow clients leave room for the others.
 */
final class BytesOnTheWay {
  /**
   * Smaller messages are not counted: most are smaller, and a stream has at most one of them in
   * flight.
   */
  static final int SMALLEST_COUNTED = 1024;

  private static final int CONNECTIONS_THAT_FILL_IT = 16;

  /** Changed under the lock only. */
  private final Shares shares;

  @GuardedBy("this")
  private final Map<Long, Account> accounts = new HashMap<>();

  /** Accounts with a waiting share, in turn. */
  @GuardedBy("this")
  private final Deque<Account> waiting = new ArrayDeque<>();

  /** An account is the bytes of one connection. Guarded by the lock of the enclosing object. */
  private static final class Account {
    final long connection;
    final Deque<Share> waiting = new ArrayDeque<>();
    long bytes;

    Account(long connection) {
      this.connection = connection;
    }
  }

  /**
   * A share is the bytes that one stream has in flight. Guarded by the lock of the enclosing
   * object.
   */
  static final class Share {
    private final Subject subject;
    private final long connection;
    private final Runnable granted;
    private int bytes;
    private int wanted;
    private boolean left;

    /**
     * @param subject who reads the stream
     * @param connection the number of its connection
     * @param granted called when there is room for a request that was refused; never blocks
     */
    Share(Subject subject, long connection, Runnable granted) {
      this.subject = subject;
      this.connection = connection;
      this.granted = granted;
    }
  }

  /**
   * @param shares whose limit is at least the size of one message; nobody else changes them
   */
  BytesOnTheWay(Shares shares) {
    this.shares = shares;
  }

  /**
   * Reserves room for a message of a stream that has nothing else in flight; true if there is room.
   * Otherwise the share is notified when there is.
   */
  synchronized boolean take(Share share, int size) {
    if (share.left || share.wanted > 0) {
      return false;
    }
    Account account = accounts.computeIfAbsent(share.connection, Account::new);
    if (share.bytes > 0) {
      charge(account, share, size); // granted while it waited, for a message that may have changed
      return true;
    }
    if (mayTake(account, share, size)) {
      charge(account, share, size);
      return true;
    }
    share.wanted = size;
    if (account.waiting.isEmpty()) {
      waiting.add(account);
    }
    account.waiting.add(share);
    return false;
  }

  /** Releases the room of a message that has left the stream. */
  void giveBack(Share share) {
    wake(released(share));
  }

  /** Removes a stream that has ended and of which the transport holds nothing. Idempotent. */
  void leave(Share share) {
    ImmutableList<Share> granted;
    synchronized (this) {
      share.left = true;
      if (share.wanted > 0) {
        share.wanted = 0;
        Account account = accounts.get(share.connection);
        if (account != null) {
          account.waiting.remove(share);
          if (account.waiting.isEmpty()) {
            waiting.remove(account);
          }
          forgetIfUnused(account);
        }
      }
      granted = released(share);
    }
    wake(granted);
  }

  /** The bytes of all streams, and whose they are. */
  Shares shares() {
    return shares;
  }

  private static void wake(ImmutableList<Share> granted) {
    granted.forEach(share -> share.granted.run());
  }

  private synchronized ImmutableList<Share> released(Share share) {
    Account account = accounts.get(share.connection);
    if (account == null || share.bytes == 0) {
      return ImmutableList.of();
    }
    charge(account, share, 0);
    forgetIfUnused(account);
    return grant();
  }

  @GuardedBy("this")
  private ImmutableList<Share> grant() {
    ImmutableList.Builder<Share> granted = ImmutableList.builder();
    int passed = 0;
    while (passed < waiting.size()) {
      Account account = waiting.remove();
      Share next = account.waiting.element();
      if (mayTake(account, next, next.wanted)) {
        account.waiting.remove();
        charge(account, next, next.wanted);
        next.wanted = 0;
        granted.add(next);
        passed = 0;
      } else {
        passed++;
      }
      if (!account.waiting.isEmpty()) {
        waiting.add(account);
      }
    }
    return granted.build();
  }

  @GuardedBy("this")
  private boolean mayTake(Account account, Share share, int size) {
    if (!shares.hasRoom(share.subject, size)) {
      return false;
    }
    long limit = shares.limit().value();
    return account.bytes == 0
        || (account.bytes + size <= limit / CONNECTIONS_THAT_FILL_IT
            && shares.taken() + size <= limit / 2);
  }

  @GuardedBy("this")
  private void charge(Account account, Share share, int size) {
    int more = size - share.bytes;
    share.bytes = size;
    account.bytes += more;
    shares.add(share.subject.identity().principal(), more);
  }

  @GuardedBy("this")
  private void forgetIfUnused(Account account) {
    if (account.bytes == 0 && account.waiting.isEmpty()) {
      accounts.remove(account.connection);
    }
  }
}
