package io.datastored.service.wire;

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

  String user() {
    return Integer.toUnsignedString(uid);
  }

  @Override
  public String toString() {
    return "unix (pid %d, uid %s, gid %s)".formatted(pid, user(), Integer.toUnsignedString(gid));
  }
}
