package io.datastored.etcd.history;

import static io.datastored.etcd.history.EtcdStores.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import io.datastored.config.DatastoreName;
import io.datastored.file.StoreException;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.history.Generation;
import io.datastored.history.Revision;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class CommitPlanTest {

  private final MemoryEtcd etcd = EtcdStores.create().etcd();
  private final Random random = new Random(4);

  private View load() throws Exception {
    return new ViewLoader(etcd.connect(), KEYS, 100)
        .load(null, why -> new StoreException(StoreException.Reason.OTHER, why));
  }

  private static AcceptedState next(
      AcceptedState before, Generation floor, ImmutableMap<DatastoreName, Generation> removed) {
    return new AcceptedState(
        new Revision(before.revision().incarnation(), before.generation().next()),
        before.configFile(),
        before.text(),
        floor,
        before.datastores(),
        removed);
  }

  private void commit(View on, AcceptedState state) throws Exception {
    CommitPlan plan =
        CommitPlan.of(
            KEYS,
            new CommitPlan.Basis(on, etcd.revision()),
            state,
            ConfigContent.MISSING,
            CommitId.random(random));
    assertThat(plan.when()).hasSizeLessThanOrEqualTo(CommitPlan.MOST_OPERATIONS);
    assertThat(plan.then()).hasSizeLessThanOrEqualTo(CommitPlan.MOST_OPERATIONS);
    assertThat(etcd.connect().commit(plan.when(), plan.then()).done()).isTrue();
    assertThat(load().state()).isEqualTo(state);
  }

  /** The removals of many generations are forgotten at once, when the floor passes them. */
  @Test
  void removals_moreThanOneTransactionDeletes_areForgottenAtOnce_andDeletedLater()
      throws Exception {
    TreeMap<DatastoreName, Generation> removed = new TreeMap<>();
    for (int i = 0; i < 300; i++) {
      AcceptedState before = load().state();
      removed.put(DatastoreName.of("gone-" + (100 + i)), before.generation().next());
      if (i % 100 == 99) {
        commit(load(), next(before, before.floor(), ImmutableMap.copyOf(removed)));
      }
    }
    assertThat(etcd.keys(KEYS.removals())).hasSize(300);
    AcceptedState state = load().state();
    commit(load(), next(state, state.generation(), ImmutableMap.of()));
    assertThat(etcd.keys(KEYS.removals())).hasSize(300 - 127);
    for (int i = 0; i < 2; i++) {
      AcceptedState later = load().state();
      commit(load(), next(later, later.floor(), ImmutableMap.of()));
    }
    assertThat(etcd.keys(KEYS.removals())).isEmpty();
  }
}
