package io.datastored.etcd.history;

import static io.datastored.etcd.history.EtcdStores.KEYS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.datastored.config.DatastoreName;
import io.datastored.config.MaintenanceMode;
import io.datastored.config.MaintenanceSetting;
import io.datastored.engine.Engine;
import io.datastored.engine.EngineStartException;
import io.datastored.engine.EngineTiming;
import io.datastored.engine.Handle;
import io.datastored.engine.Intent;
import io.datastored.engine.MaintenanceChange;
import io.datastored.engine.Refused;
import io.datastored.engine.WriteOutcome.Written;
import io.datastored.etcd.client.KeyRange;
import io.datastored.history.AcceptedState;
import io.datastored.history.ConfigContent;
import io.datastored.mount.MountRoots;
import io.datastored.operation.Operation;
import io.datastored.operation.OperationCounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engines of several processes over one history in a model of etcd. */
final class EnginesOverEtcdTest {

  private static final DatastoreName MAIN = DatastoreName.of("main");
  private static final DatastoreName OTHER = DatastoreName.of("other");

  @TempDir private Path directory;

  private final List<Engine> opened = new ArrayList<>();
  private EtcdStores stores;
  private String config;

  @BeforeEach
  void create() throws Exception {
    config = section(MAIN) + section(OTHER);
    stores = new EtcdStores(new MemoryEtcd());
    try (KeyValues etcd = stores.etcd().connect()) {
      new NewHistory(etcd, KEYS, new Random(1))
          .write(
              AcceptedState.empty(EtcdStores.INCARNATION, Optional.empty()),
              ConfigContent.of(config.getBytes(UTF_8)));
    }
  }

  @AfterEach
  void close() {
    opened.forEach(Engine::close);
  }

  private String section(DatastoreName name) throws Exception {
    return "datastore: %s\n\tpath %s\n\n"
        .formatted(name, Files.createDirectories(directory.resolve(name.value())));
  }

  private static EngineTiming timing() {
    EngineTiming.Builder timing = new EngineTiming.Builder();
    timing.digestCheck = Duration.ofHours(1);
    timing.doorbellPoll = Duration.ofHours(1);
    return timing.build();
  }

  private Engine open() throws EngineStartException {
    Engine engine = Engine.over(stores.open(), MountRoots.SYSTEM, timing(), "test");
    opened.add(engine);
    return engine;
  }

  private static void set(Engine engine, MaintenanceMode mode) {
    var change =
        new MaintenanceChange(
            MAIN,
            new MaintenanceSetting(mode, Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertThat(engine.setMaintenance(change, Intent.COMMIT)).isInstanceOf(Written.class);
  }

  @Test
  void lookup_afterCommitOfAnother_obeysIt() throws Exception {
    Engine one = open();
    Engine two = open();
    assertThat(two.snapshot().revision()).isEqualTo(one.snapshot().revision());
    try (Handle running = two.lookup(MAIN, Operation.WRITE).handle()) {
      assertThat(running.datastore().name()).isEqualTo(MAIN);
      set(one, MaintenanceMode.OFFLINE);
      // Nothing looks by itself within an hour: the doorbell that the watch rings is enough.
      await().until(() -> two.lookup(MAIN, Operation.READ) instanceof Refused);
      assertThat(two.lookup(OTHER, Operation.READ)).isInstanceOf(Handle.class);
      assertThat(two.snapshot().revision()).isEqualTo(one.snapshot().revision());
      assertThat(two.operations(MAIN)).as("a mode ends nothing").isEqualTo(counts(0, 1));
      assertThat(one.operations(MAIN))
          .as("others are counted by their engine")
          .isEqualTo(counts(0, 0));
    }
    set(two, MaintenanceMode.NONE);
    await().until(() -> one.lookup(MAIN, Operation.WRITE) instanceof Handle);
  }

  @Test
  void mode_thatIsSetAlready_isToldOnlyByWhoHasSeenAllCommits() throws Exception {
    Engine one = open();
    Engine late =
        Engine.over(
            stores.open(
                new ForwardingKeyValues(stores.etcd().connect()) {
                  @Override
                  public Watch watch(String prefix, long from, Listener listener) {
                    return () -> {};
                  }
                }),
            MountRoots.SYSTEM,
            timing(),
            "late");
    opened.add(late);
    set(one, MaintenanceMode.OFFLINE);
    set(late, MaintenanceMode.OFFLINE);
    set(one, MaintenanceMode.NONE);
    assertThat(late.lookup(MAIN, Operation.READ)).as("not followed").isInstanceOf(Refused.class);
    long cleared = one.snapshot().revision().generation().value();

    set(late, MaintenanceMode.OFFLINE);

    assertThat(late.snapshot().revision().generation().value()).isEqualTo(cleared + 1);
    await().until(() -> one.lookup(MAIN, Operation.READ) instanceof Refused);
  }

  @Test
  void edit_byHand_isOneGenerationForAllOfThem() throws Exception {
    Engine one = open();
    Engine two = open();
    long before = one.snapshot().revision().generation().value();
    stores.edit(section(MAIN) + section(OTHER).replace("\n\n", "\n\tmaintenance-mode offline\n\n"));
    await()
        .untilAsserted(
            () -> {
              assertThat(one.lookup(OTHER, Operation.READ)).isInstanceOf(Refused.class);
              assertThat(two.lookup(OTHER, Operation.READ)).isInstanceOf(Refused.class);
              assertThat(one.snapshot().revision()).isEqualTo(two.snapshot().revision());
            });
    assertThat(one.snapshot().revision().generation().value()).isEqualTo(before + 1);
  }

  @Test
  void close_closesTheStore() throws Exception {
    var connection = new Connection(stores.etcd().connect());
    Engine engine = Engine.over(stores.open(connection), MountRoots.SYSTEM, timing(), "test");
    assertThat(connection.closed).isFalse();
    engine.close();
    assertThat(connection.closed).isTrue();
    assertThat(engine.lookup(MAIN, Operation.READ)).isInstanceOf(Refused.class);
  }

  @Test
  void over_aStoreThatCannotBeRead_closesIt() {
    var connection = new Connection(stores.etcd().connect());
    EtcdStore store = stores.open(connection);
    connection.failing = true;
    assertThatThrownBy(() -> Engine.over(store, MountRoots.SYSTEM, timing(), "test"))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("gone away");
    assertThat(connection.closed).isTrue();
  }

  /** A connection that can fail, and tells whether it is closed. Confined to the test's thread. */
  private static final class Connection extends ForwardingKeyValues {

    private boolean failing;
    private boolean closed;

    Connection(KeyValues delegate) {
      super(delegate);
    }

    @Override
    public Page range(KeyRange range, long revision, int limit) throws KeyValuesException {
      if (failing) {
        throw new KeyValuesException(KeyValuesException.Kind.UNREACHABLE, "gone away");
      }
      return super.range(range, revision, limit);
    }

    @Override
    public void close() {
      closed = true;
      super.close();
    }
  }

  private static OperationCounts counts(long read, long write) {
    return new OperationCounts(read, write);
  }
}
