package io.datastored.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.etcd.history.EtcdStore;
import io.datastored.etcd.life.Applied;
import io.datastored.file.StoreException;
import io.datastored.history.Generation;
import org.junit.jupiter.api.Test;

final class EtcdBackingTest {

  private static final EtcdStore.Followed COMMIT =
      new EtcdStore.Followed("00000000000000a7", new Generation(7));

  /**
   * It is followed | it is acknowledged, and a drain ends | a lookup is granted by the old mode.
   */
  @Test
  void applied_followedAndNotServedYet_isNotAcknowledged() {
    assertThatThrownBy(() -> EtcdBacking.applied(COMMIT, new Generation(6)))
        .isInstanceOf(StoreException.class)
        .hasMessage("generation 7 is followed, and 6 is served");
  }

  @Test
  void applied_served_isAcknowledged() throws Exception {
    Applied applied = new Applied("00000000000000a7", new Generation(7));
    assertThat(EtcdBacking.applied(COMMIT, new Generation(7))).isEqualTo(applied);
    assertThat(EtcdBacking.applied(COMMIT, new Generation(8)))
        .as("a commit that is served, and a later one")
        .isEqualTo(applied);
  }
}
