package io.datastored.etcd.client;

import com.google.common.collect.ImmutableList;
import io.datastored.etcd.proto.Rpc;

/**
 * What one member of etcd says about itself. Immutable.
 *
 * @param leader the member that leads, as this one sees it; 0: none
 * @param revision the newest that it has applied
 * @param bytes the size of its database
 * @param errors its alarms, and other troubles
 */
public record MemberStatus(
    String version,
    long cluster,
    long member,
    long leader,
    long revision,
    long bytes,
    ImmutableList<String> errors) {

  static MemberStatus of(Rpc.StatusResponse message) {
    return new MemberStatus(
        message.getVersion(),
        message.getHeader().getClusterId(),
        message.getHeader().getMemberId(),
        message.getLeader(),
        message.getHeader().getRevision(),
        message.getDbSize(),
        ImmutableList.copyOf(message.getErrorsList()));
  }
}
