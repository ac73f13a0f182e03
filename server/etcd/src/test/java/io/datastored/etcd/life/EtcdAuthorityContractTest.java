package io.datastored.etcd.life;

import io.datastored.file.StoreException;
import io.datastored.promise.Authority;
import io.datastored.promise.AuthorityContract;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

final class EtcdAuthorityContractTest extends AuthorityContract {

  private final LifeSite site = new LifeSite();
  private final LifeSite.Server server = site.serving("a");

  EtcdAuthorityContractTest() throws IOException {}

  @AfterEach
  void close() {
    site.close();
  }

  @Override
  protected Authority authority() {
    return server.life.authority();
  }

  @Override
  protected Optional<Duration> reach() {
    return Optional.of(LifeSite.AUTHORITY);
  }

  @Override
  protected void pass(Duration time) {
    site.pass(time);
  }

  @Override
  protected void setWallClock(Duration ahead) {
    site.wallAhead = ahead;
  }

  @Override
  protected void renew() {
    Duration unused = server.beat();
  }

  @Override
  protected void stop() {
    try {
      server.life.leave(Outstanding.NONE);
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }
}
