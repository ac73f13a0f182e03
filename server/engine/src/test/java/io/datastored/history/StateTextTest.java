package io.datastored.history;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.Fingerprint;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.config.NameMap;
import io.datastored.file.Digest;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StateTextTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final int CHANGES = 200;

  private static ProposedDatastore observed(Random random) {
    boolean isSet = random.nextInt(3) == 0;
    return new ProposedDatastore(
        new Fingerprint(random.nextLong(), random.nextLong()),
        isSet
            ? MaintenanceSetting.of(MaintenanceMode.OFFLINE, "ü" + random.nextInt(10_000))
            : MaintenanceSetting.NONE,
        Optional.empty(),
        Optional.empty(),
        random.nextBoolean() ? Optional.of(random.nextBoolean()) : Optional.empty(),
        random.nextInt(5) == 0 ? Optional.of("text " + random.nextInt(10_000)) : Optional.empty());
  }

  /** Any bytes, some of which look like lines of the state itself. */
  private static AcceptedText text(Random random) {
    byte[] bytes = new byte[random.nextInt(100)];
    random.nextBytes(bytes);
    return switch (random.nextInt(3)) {
      case 0 -> AcceptedText.of(Digest.of(bytes));
      case 1 -> AcceptedText.of(Digest.of(bytes), bytes);
      default -> {
        byte[] lines = "\nend 00000000\ndatastore x 1\nend 12345678\n".getBytes(US_ASCII);
        yield AcceptedText.of(Digest.of(lines), lines);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 50})
  void write_anyState_isReadAsItWas(int datastores) {
    Random random = new Random(datastores);
    Map<DatastoreName, ProposedDatastore> all = new HashMap<>();
    for (int i = 0; i < datastores; i++) {
      all.put(DatastoreName.of("name-" + i), observed(random));
    }
    AcceptedState state =
        new StateTransition(
                AcceptedState.empty(new Incarnation("0123456789abcdef"), Optional.empty()), NOW, 2)
            .accept(Digest.EMPTY, NameMap.copyOf(all));
    for (int i = 0; i < CHANGES; i++) {
      Map<DatastoreName, ProposedDatastore> some = new HashMap<>();
      for (int many = random.nextInt(4); many > 0 && datastores > 0; many--) {
        some.put(DatastoreName.of("name-" + random.nextInt(datastores)), observed(random));
      }
      StateTransition succession = new StateTransition(state, NOW.plusSeconds(i), 2);
      Map<DatastoreName, ProposedDatastore> whole = new HashMap<>(all);
      whole.putAll(some);
      AcceptedState next = succession.acceptSome(Digest.EMPTY, some);
      assertThat(next).isEqualTo(succession.accept(Digest.EMPTY, whole));
      StateText.Kept kept =
          new StateText.Kept(
              next.of(text(random)),
              CommitMark.NONE.next(random),
              new Machine(Optional.of("00" + i)));
      StateText.Kept read = StateText.read(StateText.write(kept));
      assertThat(read).isEqualTo(kept);
      assertThat(read.state().text().bytes().map(Digest::of))
          .isEqualTo(kept.state().text().bytes().map(Digest::of));
      all.putAll(some);
      state = next;
    }
  }
}
