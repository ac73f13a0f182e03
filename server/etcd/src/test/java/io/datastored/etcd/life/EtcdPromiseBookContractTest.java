package io.datastored.etcd.life;

import static io.datastored.etcd.life.LifeSite.KEYS;

import io.datastored.config.MaintenanceMode;
import io.datastored.file.StoreException;
import io.datastored.history.Revision;
import io.datastored.promise.PromiseBook;
import io.datastored.promise.PromiseBookContract;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

final class EtcdPromiseBookContractTest {

  @Nested
  final class OnAnEtcdThatAnswers extends InEtcd {
    OnAnEtcdThatAnswers() throws IOException {}
  }

  /** Some writes are tried in vain as often as a life tries them. */
  @Nested
  final class OnAnEtcdThatLosesRequestsAndAnswers extends InEtcd {
    OnAnEtcdThatLosesRequestsAndAnswers() throws IOException {
      site.site.etcd.cycle(PeerSite.faults());
    }
  }

  abstract static class InEtcd extends PromiseBookContract {

    final PeerSite site = new PeerSite();
    private PeerSite.@Nullable Replica present;

    InEtcd() throws IOException {}

    @AfterEach
    void close() {
      site.close();
    }

    @Override
    protected PromiseBook open() throws Exception {
      if (present != null) {
        present.kill();
      }
      present = site.start("a");
      return present.book;
    }

    @Override
    protected Duration owed() {
      return site.site.etcd.keys().stream()
          .filter(key -> key.startsWith(KEYS.records()))
          .map(key -> LifeRecord.read(site.text(key)).longest())
          .max(Duration::compareTo)
          .orElse(Duration.ZERO);
    }

    @Override
    protected long unused() throws StoreException {
      return Tokens.read(KEYS, site.text(KEYS.tokens()));
    }

    @Override
    protected long drained(PromiseBook book) throws StoreException {
      Revision since = site.set(ALPHA, MaintenanceMode.READ_ONLY);
      return present.peers.raiseFloor(ALPHA, MaintenanceMode.READ_ONLY, since).orElseThrow();
    }

    @Override
    protected void pass(Duration time) {
      site.pass(time);
    }
  }
}
