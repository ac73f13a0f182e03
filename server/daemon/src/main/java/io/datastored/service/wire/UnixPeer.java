package io.datastored.service.wire;

import java.net.SocketAddress;

/**
 * A Unix peer is the process at the other end of a Unix socket, as the kernel says it was when it
 * connected. Immutable. Its user is an identity; the rest is for people.
 */
public final class UnixPeer extends SocketAddress {
  private static final long serialVersionUID = 1;

  private final int uid;
  private final int gid;
  private final int pid;

  /**
   * @param uid as the kernel has it, unsigned
   * @param gid the same
   * @param pid its number in this process's namespace; 0 when it has none there
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
