package io.datastored.etcd.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.config.MaintenanceMode;
import io.datastored.history.Generation;
import io.datastored.operation.Operation;
import org.junit.jupiter.api.Test;

final class FloorTest {

  @Test
  void read_whatWasWritten_isTheSame() {
    Floor floor = new Floor(3, 4, new Generation(5));
    assertThat(Floor.read(floor.text())).isEqualTo(floor);
    assertThat(Floor.read("moons 3\n")).isEqualTo(Floor.NONE);
    assertThatThrownBy(() -> Floor.read("read low\n")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Floor.read("read -1\n")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void raised_onlyWhatTheModeRefuses_andNeverLower() {
    Floor floor = new Floor(3, 4, Generation.NONE);
    assertThat(floor.raised(MaintenanceMode.READ_ONLY, 9))
        .isEqualTo(new Floor(3, 9, Generation.NONE));
    assertThat(floor.raised(MaintenanceMode.OFFLINE, 9))
        .isEqualTo(new Floor(9, 9, Generation.NONE));
    assertThat(floor.raised(MaintenanceMode.OFFLINE, 1)).isEqualTo(floor);
    assertThat(floor.raised(MaintenanceMode.NONE, 9)).isEqualTo(floor);
    assertThat(floor.sealed(new Generation(7)).of(Operation.LOOKUP)).isZero();
  }
}
