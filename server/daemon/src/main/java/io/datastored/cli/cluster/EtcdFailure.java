package io.datastored.cli.cluster;

import io.datastored.cli.view.CommandFailed;
import io.datastored.cli.view.ExitStatus;
import io.datastored.etcd.history.Keys;
import io.datastored.file.StoreException;

/** An etcd failure is what a command says when etcd did not do what it should. Stateless. */
final class EtcdFailure {

  private EtcdFailure() {}

  /**
   * What happened, and what to do.
   *
   * @param afterUnknown what to do when it is not known whether etcd has done it
   */
  static CommandFailed of(StoreException e, Keys keys, String afterUnknown) {
    return switch (e.reason()) {
      case UNREACHABLE ->
          failed(ExitStatus.UNREACHABLE, e, "Check --etcd-endpoints, and that etcd is running");
      case OUTCOME_UNKNOWN ->
          failed(ExitStatus.UNREACHABLE, e, "When etcd answers again, " + afterUnknown);
      case PERMISSION ->
          failed(
              ExitStatus.NO,
              e,
              "The user of etcd needs: etcdctl role grant-permission ROLE readwrite --prefix=true "
                  + keys.prefix());
      case VANISHED ->
          failed(
              ExitStatus.NO,
              e,
              "Check --etcd-prefix; a new history is written by: datastored cluster init --from"
                  + " FILE --new-history");
      case DISK_FULL -> new CommandFailed(ExitStatus.SERVER_ERROR, sentence(e), e);
      case READ_ONLY, CONTENT_LOST, DESCRIPTORS, IN_USE, OTHER ->
          new CommandFailed(ExitStatus.NO, sentence(e), e);
    };
  }

  private static CommandFailed failed(ExitStatus status, StoreException e, String next) {
    return new CommandFailed(status, sentence(e) + ". " + next, e);
  }

  private static String sentence(StoreException e) {
    return String.valueOf(e.getMessage());
  }
}
