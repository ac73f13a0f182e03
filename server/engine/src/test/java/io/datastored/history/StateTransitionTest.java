package io.datastored.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.datastored.config.DatastoreName;
import io.datastored.config.Fingerprint;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.file.Digest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StateTransitionTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final DatastoreName OTHER = DatastoreName.of("other");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Instant LATER = NOW.plusSeconds(60);
  private static final MaintenanceSetting OFFLINE =
      MaintenanceSetting.of(MaintenanceMode.OFFLINE, "swap");

  private final AcceptedState empty =
      AcceptedState.empty(new Incarnation("0123456789abcdef"), Optional.empty());

  private static ProposedDatastore content(long fingerprint) {
    return content(fingerprint, MaintenanceSetting.NONE);
  }

  private static ProposedDatastore content(long fingerprint, MaintenanceSetting setting) {
    return new ProposedDatastore(
        new Fingerprint(fingerprint, 0),
        setting,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static AcceptedState follow(
      AcceptedState before, Map<DatastoreName, ProposedDatastore> observed) {
    return follow(before, observed, NOW);
  }

  private static AcceptedState follow(
      AcceptedState before, Map<DatastoreName, ProposedDatastore> observed, Instant now) {
    Digest digest =
        Digest.of(observed.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return new StateTransition(before, now, 2).accept(digest, observed);
  }

  private static long generation(AcceptedState state, DatastoreName name) {
    AcceptedDatastore accepted = state.datastores().get(name);
    return accepted == null ? 0 : accepted.generation().value();
  }

  @Test
  void accept_first_isGenerationOne() {
    AcceptedState state = follow(empty, Map.of());
    assertThat(state.generation()).isEqualTo(Generation.FIRST);
  }

  @Test
  void accept_oneChanged_leavesTheOthersAlone() {
    AcceptedState one = follow(empty, Map.of(MAIN, content(1), OTHER, content(2)));
    AcceptedState two = follow(one, Map.of(MAIN, content(3), OTHER, content(2)));
    assertThat(two.generation().value()).isEqualTo(2);
    assertThat(generation(two, MAIN)).isEqualTo(2);
    assertThat(generation(two, OTHER)).isEqualTo(1);
  }

  @Test
  void accept_nothingServedChanged_isNoNewGenerationButANewDigest() {
    AcceptedState one = follow(empty, Map.of(MAIN, content(1)));
    AcceptedState two =
        new StateTransition(one, LATER, 2)
            .accept(Digest.of(new byte[] {1}), Map.of(MAIN, content(1)));
    assertThat(two.generation()).isEqualTo(one.generation());
    assertThat(two.digest()).isEqualTo(Digest.of(new byte[] {1}));
  }

  @Test
  void accept_removed_isRememberedWithItsGeneration() {
    AcceptedState one = follow(empty, Map.of(MAIN, content(1), OTHER, content(2)));
    AcceptedState two = follow(one, Map.of(OTHER, content(2)));
    assertThat(two.removed()).containsExactly(Map.entry(MAIN, new Generation(2)));
    AcceptedState three = follow(two, Map.of(MAIN, content(1), OTHER, content(2)));
    assertThat(three.removed()).isEmpty();
    assertThat(generation(three, MAIN)).isEqualTo(3);
  }

  @Test
  void accept_moreRemovalsThanRemembered_raisesTheFloor() {
    Map<DatastoreName, ProposedDatastore> all = new LinkedHashMap<>();
    for (int i = 0; i < 4; i++) {
      all.put(DatastoreName.of("store" + i), content(i));
    }
    AcceptedState state = follow(empty, all);
    for (int i = 0; i < 4; i++) {
      all.remove(DatastoreName.of("store" + i));
      state = follow(state, all);
    }
    assertThat(state.generation().value()).isEqualTo(5);
    assertThat(state.floor().value()).isEqualTo(3);
    assertThat(state.removed().keySet())
        .containsExactly(DatastoreName.of("store2"), DatastoreName.of("store3"));
  }

  @Test
  void accept_mode_isRememberedWithGenerationAndTime() {
    AcceptedState one = follow(empty, Map.of(MAIN, content(1)));
    AcceptedState two = follow(one, Map.of(MAIN, content(2, OFFLINE)), LATER);
    ModeRecord memory = two.datastores().get(MAIN).mode();
    assertThat(memory.generation().value()).isEqualTo(2);
    assertThat(memory.since()).contains(LATER);
    AcceptedState three = follow(two, Map.of(MAIN, content(3, OFFLINE)), LATER.plusSeconds(60));
    assertThat(three.datastores().get(MAIN).mode()).isEqualTo(memory);
  }

  @Test
  void accept_modeObservedAgain_isTheSameMode() {
    AcceptedState one =
        follow(empty, Map.of(MAIN, content(2, OFFLINE), OTHER, content(3, OFFLINE)));
    AcceptedState two =
        follow(one, Map.of(MAIN, content(2, OFFLINE), OTHER, content(4, OFFLINE)), LATER);
    assertThat(generation(two, OTHER)).isEqualTo(2);
    assertThat(two.datastores().get(MAIN)).isEqualTo(one.datastores().get(MAIN));
    assertThat(two.datastores().get(OTHER).mode()).isEqualTo(one.datastores().get(OTHER).mode());
  }

  @Test
  void accept_modeClearedAndSetAgain_isAnotherMode() {
    AcceptedState one = follow(empty, Map.of(MAIN, content(2, OFFLINE)));
    AcceptedState two = follow(one, Map.of(MAIN, content(1)));
    AcceptedState three = follow(two, Map.of(MAIN, content(2, OFFLINE)));
    assertThat(three.datastores().get(MAIN).mode().generation().value()).isEqualTo(3);
    assertThat(two.datastores().get(MAIN).mode().since()).isEmpty();
  }

  @Test
  void accept_otherExpectedEnd_isAChange() {
    AcceptedState one = follow(empty, Map.of(MAIN, content(2, OFFLINE)));
    ProposedDatastore told =
        new ProposedDatastore(
            new Fingerprint(2, 0),
            OFFLINE,
            Optional.of(LATER),
            Optional.of("ops"),
            Optional.empty(),
            Optional.empty());
    AcceptedState two = follow(one, Map.of(MAIN, told));
    assertThat(two.generation().value()).isEqualTo(2);
    assertThat(two.datastores().get(MAIN).mode().expectedEnd()).contains(LATER);
    AcceptedState three = follow(two, Map.of(MAIN, content(2, OFFLINE)));
    assertThat(three)
        .isEqualTo(
            new AcceptedState(
                two.revision(),
                two.configFile(),
                three.text(),
                two.floor(),
                two.datastores(),
                two.removed()));
  }

  @Test
  void accept_deviceGone_isAChange() {
    ProposedDatastore there =
        new ProposedDatastore(
            new Fingerprint(1, 0),
            MaintenanceSetting.NONE,
            Optional.empty(),
            Optional.empty(),
            Optional.of(true),
            Optional.empty());
    AcceptedState one = follow(empty, Map.of(MAIN, there));
    AcceptedState two = follow(one, Map.of(MAIN, content(1)));
    assertThat(two.generation()).as("not looked at").isEqualTo(one.generation());
    ProposedDatastore gone =
        new ProposedDatastore(
            new Fingerprint(1, 0),
            MaintenanceSetting.NONE,
            Optional.empty(),
            Optional.empty(),
            Optional.of(false),
            Optional.empty());
    AcceptedState three = follow(two, Map.of(MAIN, gone));
    assertThat(three.generation().value()).isEqualTo(2);
    assertThat(three.datastores().get(MAIN).mounted()).contains(false);
  }

  private static StateText.Kept kept(AcceptedState state) {
    byte[] text = "datastore: main\n\tpath /a\n".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return new StateText.Kept(
        state.of(AcceptedText.of(state.digest(), text)),
        CommitMark.NONE.next(new Random(1)),
        new Machine(Optional.of("0123")));
  }

  @Test
  void write_read_isTheIdentity() {
    AcceptedState one =
        follow(empty, Map.of(MAIN, content(-1, OFFLINE), OTHER, content(Long.MIN_VALUE)));
    ProposedDatastore faulty =
        new ProposedDatastore(
            new Fingerprint(7, 8),
            MaintenanceSetting.of(MaintenanceMode.READ_ONLY),
            Optional.of(LATER),
            Optional.of("ops, with a blank"),
            Optional.of(true),
            Optional.of("datastore: main\n\tpath /a"));
    AcceptedState two = follow(one, Map.of(MAIN, faulty));
    StateText.Kept kept = kept(two);
    assertThat(StateText.read(StateText.write(kept))).isEqualTo(kept);
  }

  @Test
  void read_anyByteChangedOrCut_isRefused() {
    byte[] bytes = StateText.write(kept(follow(empty, Map.of(MAIN, content(1)))));
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 1;
      org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
          .isThrownBy(() -> StateText.read(changed));
      byte[] cut = java.util.Arrays.copyOf(bytes, i);
      org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
          .isThrownBy(() -> StateText.read(cut));
    }
  }
}
