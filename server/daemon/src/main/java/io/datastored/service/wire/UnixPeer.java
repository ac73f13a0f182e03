package io.datastored.service.wire;

import io.datastored.access.Identity;
import java.net.SocketAddress;

/**
 * A Unix peer is the process at the other end of a Unix socket, as the kernel recorded it at
 * connect time. Immutable. Only its user is an identity; the other fields are informational.
 */
public final class UnixPeer extends SocketAddress {
  private static final long serialVersionUID = 1;

  private final int uid;
  private final int gid;
  private final int pid;

  /**
   * @param uid user id from the kernel, unsigned
   * @param gid group id, likewise
   * @param pid process id in this process's namespace; 0 if it has none there
   */
  public UnixPeer(int uid, int gid, int pid) {
    this.uid = uid;
    this.gid = gid;
    this.pid = pid;
  }

  /** Who it is: its user, and the group that it runs as. */
  Identity identity() {
    return Identity.local(uid, gid);
  }

  @Override
  public String toString() {
    return "unix (pid %d, uid %s, gid %s)"
        .formatted(pid, Integer.toUnsignedString(uid), Integer.toUnsignedString(gid));
  }
}
