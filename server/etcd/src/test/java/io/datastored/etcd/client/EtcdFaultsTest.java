package io.datastored.etcd.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.etcd.client.EtcdException.Kind;
import io.datastored.etcd.client.EtcdFaults.Effect;
import io.grpc.Status;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts are those of etcd 3.6.16, and of gRPC in Go and Java. */
final class EtcdFaultsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          UNAUTHENTICATED     | etcdserver: invalid auth token                                 | AUTHENTICATE | AUTHENTICATE
          PERMISSION_DENIED   | etcdserver: permission denied                                  | AUTHENTICATE | AUTHENTICATE
          INVALID_ARGUMENT    | etcdserver: revision of auth store is old                      | AUTHENTICATE | AUTHENTICATE
          INVALID_ARGUMENT    | etcdserver: user name is empty                                 | AUTHENTICATE | AUTHENTICATE
          INVALID_ARGUMENT    | etcdserver: authentication failed, invalid user ID or password | AUTHENTICATE | AUTHENTICATE
          INVALID_ARGUMENT    | etcdserver: request is too large                               | TOO_LARGE    | TOO_LARGE
          INVALID_ARGUMENT    | etcdserver: too many operations in txn request                 | TOO_LARGE    | TOO_LARGE
          RESOURCE_EXHAUSTED  | grpc: received message larger than max (3000000 vs. 2097152)   | TOO_LARGE    | TOO_LARGE
          RESOURCE_EXHAUSTED  | gRPC message exceeds maximum size 4194304: 5000000             | TOO_LARGE    | OUTCOME_UNKNOWN
          RESOURCE_EXHAUSTED  | etcdserver: mvcc: database space exceeded                      | FULL         | FULL
          RESOURCE_EXHAUSTED  | etcdserver: too many requests                                  | ELSEWHERE    | ELSEWHERE
          RESOURCE_EXHAUSTED  |                                                                | ELSEWHERE    | OUTCOME_UNKNOWN
          OUT_OF_RANGE        | etcdserver: mvcc: required revision has been compacted         | COMPACTED    | COMPACTED
          OUT_OF_RANGE        | etcdserver: mvcc: required revision is a future revision       | COMPACTED    | COMPACTED
          NOT_FOUND           | etcdserver: requested lease not found                          | LEASE_ENDED  | LEASE_ENDED
          INVALID_ARGUMENT    | etcdserver: duplicate key given in txn request                 | BUG          | BUG
          UNIMPLEMENTED       | unknown service etcdserverpb.KV                                | BUG          | BUG
          UNAVAILABLE         | etcdserver: no leader                                          | ELSEWHERE    | ELSEWHERE
          UNAVAILABLE         | etcdserver: leader changed                                     | ELSEWHERE    | OUTCOME_UNKNOWN
          UNAVAILABLE         | etcdserver: server stopped                                     | ELSEWHERE    | OUTCOME_UNKNOWN
          UNAVAILABLE         | etcdserver: request timed out                                  | ELSEWHERE    | OUTCOME_UNKNOWN
          UNAVAILABLE         |                                                                | ELSEWHERE    | OUTCOME_UNKNOWN
          DEADLINE_EXCEEDED   | etcdserver: context deadline exceeded                          | ELSEWHERE    | OUTCOME_UNKNOWN
          CANCELLED           | etcdserver: request canceled                                   | ELSEWHERE    | OUTCOME_UNKNOWN
          FAILED_PRECONDITION | etcdserver: rpc not supported for learner                      | ELSEWHERE    | ELSEWHERE
          FAILED_PRECONDITION | etcdserver: not leader                                         | ELSEWHERE    | OUTCOME_UNKNOWN
          DATA_LOSS           | etcdserver: corrupt cluster                                    | ELSEWHERE    | OUTCOME_UNKNOWN
          INTERNAL            |                                                                | ELSEWHERE    | OUTCOME_UNKNOWN
          UNKNOWN             | something new                                                  | ELSEWHERE    | OUTCOME_UNKNOWN
          """)
  void kindOf_status_isThatOfTheTable(Status.Code code, String text, Kind ofRead, Kind ofWrite) {
    Status status = code.toStatus().withDescription(text);
    assertThat(EtcdFaults.kindOf(status, Effect.REPEATABLE)).isEqualTo(ofRead);
    assertThat(EtcdFaults.kindOf(status, Effect.WRITES)).isEqualTo(ofWrite);
    assertThat(EtcdFaults.kindOf(status, Effect.NOT_SENT)).isEqualTo(ofRead);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                                                        | 50 | COMPACTED
          etcdserver: mvcc: required revision has been compacted                    |  0 | COMPACTED
          rpc error: code = PermissionDenied desc = etcdserver: permission denied   |  0 | AUTHENTICATE
          rpc error: code = Unauthenticated desc = etcdserver: invalid auth token   |  0 | AUTHENTICATE
          rpc error: code = InvalidArgument desc = etcdserver: user name is empty   |  0 | AUTHENTICATE
          etcdserver: revision of auth store is old                                 |  0 | AUTHENTICATE
          ''                                                                        |  0 | ELSEWHERE
          mvcc: watcher ID already exists                                           |  0 | ELSEWHERE
          """)
  void kindOfCancel_isReadFromItsText(String reason, long compactRevision, Kind kind) {
    assertThat(EtcdFaults.kindOfCancel(reason, compactRevision)).isEqualTo(kind);
  }
}
