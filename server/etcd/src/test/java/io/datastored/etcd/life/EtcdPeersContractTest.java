package io.datastored.etcd.life;

import io.datastored.config.MaintenanceMode;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.promise.FencingToken;
import io.datastored.promise.SealingPeers;
import io.datastored.promise.SealingPeersContract;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

final class EtcdPeersContractTest {

  @Nested
  final class OnAnEtcdThatAnswers extends InEtcd {
    OnAnEtcdThatAnswers() throws Exception {}
  }

  /** Some writes are tried in vain as often as a life tries them. */
  @Nested
  final class OnAnEtcdThatLosesRequestsAndAnswers extends InEtcd {
    OnAnEtcdThatLosesRequestsAndAnswers() throws Exception {
      site.site.etcd.cycle(PeerSite.faults());
    }
  }

  abstract static class InEtcd extends SealingPeersContract {

    final PeerSite site = new PeerSite();
    private final Revision since = site.commit(ALPHA, MaintenanceMode.READ_ONLY);
    private PeerSite.@Nullable Replica present;

    InEtcd() throws IOException {
      Revision unused = site.commit(BETA, MaintenanceMode.READ_ONLY);
    }

    @AfterEach
    void close() {
      site.close();
    }

    @Override
    protected SealingPeers start() throws StoreException {
      if (present != null) {
        present.kill();
      }
      present = site.start("a");
      return present.peers;
    }

    @Override
    protected Revision since() {
      return since;
    }

    @Override
    protected void modeChanges() {
      Revision unused = site.commit(ALPHA, MaintenanceMode.NONE);
      present.serve();
    }

    @Override
    protected FencingToken grant() throws StoreException {
      return present.grant();
    }

    @Override
    protected void nothingInTheWay() {
      site.pass(PeerSite.WAIT);
    }

    @Override
    protected void beforeTheNextWrite(Runnable what) {
      site.site.etcd.beforeWrite(what);
    }
  }
}
