package io.datastored.etcd.history;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.datastored.etcd.history.KeyValuesException.Kind;
import io.datastored.file.StoreException;
import io.datastored.history.FaultyStore;
import io.datastored.history.Store;
import io.datastored.history.StoreContract;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class EtcdStoreContractTest {

  private abstract static class Contract extends StoreContract {

    final EtcdStores stores = EtcdStores.create();

    @Override
    protected void edit(String config) {
      stores.edit(config);
    }

    @Override
    protected void remove() {
      stores.remove();
    }

    @Override
    protected void loseState() {
      stores.etcd().delete(EtcdStores.KEYS.head());
    }

    /** Nobody goes on from memory: another server might have, too. */
    @Override
    @Test
    protected void look_stateLost_goesOnFromTheKnownOne_whichCanBeCommittedAgain()
        throws Exception {
      begin();
      persist("datastore: main\n\tpath /srv/main\n");
      loseState();
      assertThatThrownBy(() -> look(Store.Look.INSIDE))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("fork");
    }
  }

  @Nested
  final class Sound extends Contract {
    private final Store store = stores.open();

    @Override
    protected Store store() {
      return store;
    }
  }

  @Nested
  final class Faulty extends Contract {
    private final Store store = new FaultyStore(stores.open());

    @Override
    protected Store store() {
      return store;
    }
  }

  /** Every answer of a transaction is lost in turn: before it is done, after it, and never. */
  @Nested
  final class WithLostAnswers extends Contract {
    private final Store store = stores.open(new LostAnswers(stores.etcd().connect()));

    @Override
    protected Store store() {
      return store;
    }
  }

  /** Every other change is not reported. */
  @Nested
  final class WithAWatchThatLoses extends Contract {
    private final Store store = stores.open();

    WithAWatchThatLoses() {
      stores.etcd().lose(revision -> revision % 2 == 0);
    }

    @Override
    protected Store store() {
      return store;
    }

    /** What is never reported cannot be called back for. */
    @Override
    @Test
    protected void watch_editCommitRemove_callsBack_untilItIsClosed() {}
  }

  /** Loses answers. Confined to one thread at a time. */
  private static final class LostAnswers extends ForwardingKeyValues {
    private int transactions;

    LostAnswers(KeyValues delegate) {
      super(delegate);
    }

    @Override
    public Answer commit(List<Condition> when, List<Change> then) throws KeyValuesException {
      switch (transactions++ % 4) {
        case 0 -> throw new KeyValuesException(Kind.OUTCOME_UNKNOWN, "request timed out");
        case 1 -> throw new KeyValuesException(Kind.UNREACHABLE, "no leader");
        case 2 -> {
          Answer unused = super.commit(when, then);
          throw new KeyValuesException(Kind.OUTCOME_UNKNOWN, "request timed out");
        }
        default -> {
          return super.commit(when, then);
        }
      }
    }
  }
}
